import { at, type Fields, listOf, numberOf, textOf } from '../json.ts'
import { table } from '../table.ts'
import { qualified, type Served } from './resources.ts'

/** What the server answered about one kind, or one object. */
export interface TablePart {
  readonly resource: Served
  readonly table: Fields
}

export interface TableLook {
  readonly isWide: boolean
  readonly hasHeaders: boolean
  readonly hasKind: boolean
  readonly hasNamespace: boolean
  readonly hasLabels: boolean
}

/** Tables as kubectl lays them out: one for each kind, in capitals, three blanks between the columns. */
export function printTables(parts: readonly TablePart[], look: TableLook): string {
  const kinds = Map.groupBy(parts, ({ resource }) => `${resource.group}/${resource.name}`)
  return [...kinds.values()]
    .map((same) => printTable(same, look))
    .filter((text) => text !== '')
    .join('\n')
}

function printTable(parts: readonly TablePart[], look: TableLook): string {
  const [first] = parts
  const rows = parts.flatMap(({ table }) => listOf(table['rows']))
  if (!first || rows.length === 0) return ''
  const columns = listOf(first.table['columnDefinitions'])
  const shown = columns
    .map((column, index) => ({
      title: textOf(at(column, 'name')).toUpperCase(),
      priority: numberOf(at(column, 'priority')),
      index,
    }))
    .filter(({ priority }) => look.isWide || priority === 0)
  const isNamespaced = look.hasNamespace && first.resource.isNamespaced
  const titles = [
    ...(isNamespaced ? ['NAMESPACE'] : []),
    ...shown.map(({ title }) => title),
    ...(look.hasLabels ? ['LABELS'] : []),
  ]
  const lines = rows.map((row) => [
    ...(isNamespaced ? [textOf(at(row, 'object', 'metadata', 'namespace'))] : []),
    ...shown.map(({ index }) => cellOf(row, index, look.hasKind ? first.resource : undefined)),
    ...(look.hasLabels ? [labelsOf(row)] : []),
  ])
  return table(look.hasHeaders ? [titles, ...lines] : lines, [], '   ')
}

function cellOf(row: unknown, index: number, kind: Served | undefined): string {
  const cell = String(listOf(at(row, 'cells'))[index] ?? '')
  return index === 0 && kind ? `${qualified(kind)}/${cell}` : cell
}

function labelsOf(row: unknown): string {
  const labels = Object.entries(Object(at(row, 'object', 'metadata', 'labels')))
  const texts = labels.map(([name, value]) => `${name}=${String(value)}`).toSorted()
  return texts.join(',') || '<none>'
}
