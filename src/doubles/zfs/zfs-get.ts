import { type Answer, refuse } from '#doubles/answer.ts'
import type { Call, Command } from '#doubles/double.ts'
import { tabbed, table } from '#doubles/table.ts'
import { datasetProperties, fullName, isUserProperty, propertyRow } from './dataset-properties.ts'
import { datasetValue, readable } from './dataset-values.ts'
import { datasetJson, outputVersion } from './zfs-json.ts'
import { selectDatasets } from './zfs-list.ts'
import type { Dataset, Zfs } from './zfs-state.ts'

const fields = ['name', 'property', 'value', 'received', 'source'] as const
type Field = (typeof fields)[number]

/** `zfs get`: zfs-get(8), cmd/zfs/zfs_main.c `zfs_do_get`. */
export const zfsGet: Command<Zfs> = {
  options: {
    '-H': 'flag',
    '-p': 'flag',
    '-r': 'flag',
    '-d': 'value',
    '-o': 'value',
    '-s': 'value',
    '-t': 'value',
    '-j --json': 'flag',
    '--json-int': 'flag',
  },
  run: get,
}

function get(call: Call<Zfs>): Answer {
  const { options, state } = call
  const [list, ...names] = call.operands
  if (list === undefined) return refuse(2, 'missing property argument')
  const properties = propertiesOf(list)
  const chosen = selectDatasets({ ...call, operands: names }, true)
  if (options.has('j')) return { stdout: json(call, chosen, properties) }
  const columns = fieldsOf(options.text('o'))
  const isExact = options.has('p')
  const sources = options.text('s')?.split(',')
  const rows = chosen.flatMap((dataset) =>
    namesFor(state, dataset, properties).flatMap((property) => {
      const row = rowOf(state, dataset, { property, isExact })
      const isWanted = row && (!sources || sources.includes(kindOf(row.source)))
      return isWanted ? [columns.map((column) => row[column])] : []
    }),
  )
  if (options.has('H')) return { stdout: tabbed(rows) }
  return { stdout: rows.length > 0 ? table([columns.map((name) => name.toUpperCase()), ...rows]) : '' }
}

function propertiesOf(list: string): string[] {
  const names = list.split(',')
  const wrong = names.find(
    (name) => name !== 'name' && name !== 'all' && !propertyRow(name) && !isUserProperty(name),
  )
  if (wrong !== undefined) refuse(2, `bad property list: invalid property '${wrong}'`)
  return names.map(fullName)
}

/** `all` is every property that applies, and the user's own. */
function namesFor(state: Zfs, dataset: Dataset, properties: readonly string[]): readonly string[] {
  if (!properties.includes('all')) return properties
  const user = Object.keys(state.datasets)
    .filter(
      (name) =>
        dataset.name === name || dataset.name.startsWith(`${name}/`) || dataset.name.startsWith(`${name}@`),
    )
    .flatMap((name) => Object.keys(state.datasets[name]?.local ?? {}).filter(isUserProperty))
  return [...datasetProperties.map(({ name }) => name), ...new Set(user)].filter((name) =>
    datasetValue(state, dataset, name),
  )
}

function rowOf(
  state: Zfs,
  dataset: Dataset,
  { property, isExact }: { readonly property: string; readonly isExact: boolean },
): Readonly<Record<Field, string>> {
  const value =
    property === 'name' ? { exact: dataset.name, source: '-' } : datasetValue(state, dataset, property)
  return {
    name: dataset.name,
    property,
    value: value ? (isExact ? value.exact : readable(property, value.exact)) : '-',
    received: '-',
    source: value?.source ?? '-',
  }
}

const kindOf = (source: string): string => {
  if (source === '-') return 'none'
  return source.startsWith('inherited') ? 'inherited' : source
}

function fieldsOf(text = 'name,property,value,source'): readonly Field[] {
  if (text === 'all') return fields
  return text
    .split(',')
    .map((word) => fields.find((field) => field === word) ?? refuse(2, `invalid column name '${word}'`))
}

function json(
  { state, options }: Call<Zfs>,
  chosen: readonly Dataset[],
  properties: readonly string[],
): string {
  const style = { isExact: options.has('p') || options.has('json-int'), asNumbers: options.has('json-int') }
  const all = chosen.map(
    (one) => [one.name, datasetJson(state, one, namesFor(state, one, properties), style)] as const,
  )
  return `${JSON.stringify({ output_version: outputVersion('zfs get'), datasets: Object.fromEntries(all) })}\n`
}
