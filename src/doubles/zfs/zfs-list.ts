import { type Answer, refuse } from '#doubles/answer.ts'
import type { Call, Command } from '#doubles/double.ts'
import { type Align, tabbed, table } from '#doubles/table.ts'
import { datasetProperties, fullName, isUserProperty, propertyRow } from './dataset-properties.ts'
import { datasetValue, readable } from './dataset-values.ts'
import { datasetJson, outputVersion } from './zfs-json.ts'
import { allDatasets, type Dataset, type DatasetType, datasetNamed, isBelow, type Zfs } from './zfs-state.ts'

/** `zfs list`: zfs-list(8), cmd/zfs/zfs_main.c `zfs_do_list`. */
export const zfsList: Command<Zfs> = {
  options: {
    '-H': 'flag',
    '-p': 'flag',
    '-r': 'flag',
    '-d': 'value',
    '-o': 'values',
    '-t': 'value',
    '-s': 'values',
    '-S': 'values',
    '-j --json': 'flag',
    '--json-int': 'flag',
  },
  run: list,
}

function list(call: Call<Zfs>): Answer {
  const { options, state } = call
  const names = columnsOf(options.texts('o'))
  const datasets = sorted(state, selectDatasets(call), call)
  if (options.has('j')) return { stdout: json(state, datasets, { names, call }) }
  if (datasets.length === 0 && call.operands.length === 0) return { stderr: 'no datasets available\n' }
  const isExact = options.has('p')
  const rows = datasets.map((dataset) => names.map((name) => cell(state, dataset, name, isExact)))
  if (options.has('H')) return { stdout: tabbed(rows) }
  return { stdout: table([names.map(title), ...rows], names.map(alignOf)) }
}

function columnsOf(given: readonly string[]): string[] {
  const names = given.flatMap((text) => text.split(','))
  const wrong = names.find((name) => name !== 'name' && !propertyRow(name) && !isUserProperty(name))
  if (wrong !== undefined && wrong !== 'all') refuse(2, `bad property list: invalid property '${wrong}'`)
  if (names.includes('all')) return ['name', ...datasetProperties.map((row) => row.name)]
  return names.length > 0 ? names.map(fullName) : ['name', 'used', 'available', 'referenced', 'mountpoint']
}

/** `name` is no property of its own. */
export function cell(state: Zfs, dataset: Dataset, name: string, isExact: boolean): string {
  if (name === 'name') return dataset.name
  const value = datasetValue(state, dataset, name)
  if (!value) return '-'
  return isExact ? value.exact : readable(name, value.exact)
}

const titles: Readonly<Record<string, string>> = {
  available: 'AVAIL',
  referenced: 'REFER',
  compressratio: 'RATIO',
  refcompressratio: 'REFRATIO',
  compression: 'COMPRESS',
  recordsize: 'RECSIZE',
  volblocksize: 'VOLBLOCK',
  readonly: 'RDONLY',
  reservation: 'RESERV',
  refreservation: 'REFRESERV',
  logicalused: 'LUSED',
  logicalreferenced: 'LREFER',
}
const title = (name: string): string => titles[name] ?? name.toUpperCase()

const numbers =
  /^(used|available|referenced|.*ratio|quota|refquota|.*reservation|volsize|userrefs|written|recordsize)/
const alignOf = (name: string): Align => (numbers.test(name) ? 'right' : 'left')

const typeNames: Readonly<Record<string, readonly DatasetType[]>> = {
  filesystem: ['filesystem'],
  fs: ['filesystem'],
  volume: ['volume'],
  vol: ['volume'],
  snapshot: ['snapshot'],
  snap: ['snapshot'],
  bookmark: [],
  all: ['filesystem', 'volume', 'snapshot'],
}

/** What operands with `-r`, `-d` and `-t` mean; for `list` and `get` alike. `get` means snapshots too. */
export function selectDatasets({ state, options, operands }: Call<Zfs>, isGet = false): Dataset[] {
  const wanted = typesOf(options.text('t'))
  const types = wanted ?? typesOf(isGet ? 'all' : 'fs,vol') ?? []
  if (operands.length === 0) return allDatasets(state).filter(({ type }) => types.includes(type))
  const depth = options.text('d')
  const isDeep = options.has('r') || depth !== undefined
  const found = operands.flatMap((name) => {
    const top = datasetNamed(state, name)
    // Asked for snapshots of one dataset, `list` looks one level down by itself.
    const looksDown = !isGet && wanted?.includes('snapshot') && top.type !== 'snapshot'
    if (!isDeep && !looksDown) return isGet || !wanted || wanted.includes(top.type) ? [top] : []
    const levels = Number(depth ?? (isDeep ? Number.POSITIVE_INFINITY : 1))
    return [top, ...inside(state, name, levels)].filter((one) => types.includes(one.type))
  })
  return [...new Set(found)]
}

const inside = (state: Zfs, top: string, levels: number): Dataset[] =>
  allDatasets(state).filter(({ name }) => isBelow(name, top) && levelsOf(name, top) <= levels)

const levelsOf = (name: string, top: string): number => (name.slice(top.length).match(/[/@]/g) ?? []).length

function typesOf(text: string | undefined): readonly DatasetType[] | undefined {
  if (text === undefined) return undefined
  return text.split(',').flatMap((word) => typeNames[word] ?? refuse(2, `invalid type '${word}'`))
}

function sorted(state: Zfs, datasets: readonly Dataset[], { options }: Call<Zfs>): readonly Dataset[] {
  const property = options.texts('s').at(-1) ?? options.texts('S').at(-1)
  if (property === undefined) return datasets
  const direction = options.has('s') ? 1 : -1
  const key = (dataset: Dataset): string => cell(state, dataset, fullName(property), true)
  return datasets.toSorted((a, b) => direction * compare(key(a), key(b)))
}

function compare(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)]
  if (Number.isFinite(left) && Number.isFinite(right)) return left - right
  return a < b ? -1 : Number(a > b)
}

function json(
  state: Zfs,
  datasets: readonly Dataset[],
  { names, call: { options } }: { readonly names: readonly string[]; readonly call: Call<Zfs> },
): string {
  const style = { isExact: options.has('p') || options.has('json-int'), asNumbers: options.has('json-int') }
  const properties = names.filter((name) => name !== 'name')
  const all = datasets.map((one) => [one.name, datasetJson(state, one, properties, style)] as const)
  return `${JSON.stringify({ output_version: outputVersion('zfs list'), datasets: Object.fromEntries(all) })}\n`
}
