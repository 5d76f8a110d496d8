import { displayWidth, padEnd } from '#base/display-width.ts'

/** One cell; `paint` colours its text without counting for its width. */
export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

/** Rows of cells in columns that are as wide as their widest cell, two spaces apart; each row ends in a newline. */
export function tableText(rows: readonly (readonly Cell[])[]): string {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column]?.text ?? ''))),
  )
  return rows.map((row) => `${rowText(row, widths).trimEnd()}\n`).join('')
}

function rowText(row: readonly Cell[], widths: readonly number[]): string {
  return row
    .map(({ text, paint = (plain) => plain }, column) => {
      const padded = padEnd(text, widths[column] ?? 0)
      return paint(text) + padded.slice(text.length)
    })
    .join('  ')
}
