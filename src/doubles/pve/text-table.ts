import { canonicalJson } from './canonical-json.ts'

/** What `pvesh` prints for people: a value alone, or a table in a frame. pve-common, PVE/CLIFormatter.pm. */
export function textTable(data: unknown): string {
  if (Array.isArray(data)) return listTable(data)
  if (typeof data !== 'object' || data === null) return `${String(data)}\n`
  const rows = Object.entries(data)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [key, cell(value)])
  return framed(['key', 'value'], rows)
}

function listTable(list: readonly unknown[]): string {
  const rows = list.map(
    (item) =>
      new Map<string, unknown>(
        typeof item === 'object' && item !== null ? Object.entries(item) : [['value', item]],
      ),
  )
  if (rows.length === 0) return ''
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))].toSorted()
  return framed(
    columns,
    rows.map((row) => columns.map((column) => cell(row.get(column) ?? ''))),
  )
}

const cell = (value: unknown): string => (typeof value === 'object' ? canonicalJson(value) : String(value))

function framed(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  )
  const rule = (left: string, middle: string, right: string, line: string): string =>
    `${left}${widths.map((width) => line.repeat(width + 2)).join(middle)}${right}`
  const text = (row: readonly string[]): string =>
    `│ ${row.map((word, index) => word.padEnd(widths[index] ?? 0)).join(' │ ')} │`
  const body = rows.flatMap((row, index) => [...(index > 0 ? [rule('├', '┼', '┤', '─')] : []), text(row)])
  return [
    rule('┌', '┬', '┐', '─'),
    text(titles),
    rule('╞', '╪', '╡', '═'),
    ...body,
    rule('└', '┴', '┘', '─'),
    '',
  ].join('\n')
}
