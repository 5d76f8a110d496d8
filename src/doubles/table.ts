export type Align = 'left' | 'right'

/** Rows as columns, two blanks apart, as most of these programs print them; the last column is not padded. */
export function table(
  rows: readonly (readonly string[])[],
  align: readonly Align[] = [],
  gap = '  ',
): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => row[i]?.length ?? 0)),
  )
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => {
        if (align[i] === 'right') return cell.padStart(widths[i] ?? 0)
        return i === columns - 1 ? cell : cell.padEnd(widths[i] ?? 0)
      })
      .join(gap)
  return rows.map((row) => `${line(row)}\n`).join('')
}

/** Rows for scripts: cells parted by tabs. */
export const tabbed = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.join('\t')}\n`).join('')
