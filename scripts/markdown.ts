/** The first line of a generated page. */
export const origin = (source: string): string =>
  `<!-- Written by \`npm run generate\` from ${source}; edit that instead. -->\n`

/** Text as it may stand in a table: one line, no bars. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

export const code = (text: string): string => `\`${text}\``

/** A table whose cells are escaped already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
