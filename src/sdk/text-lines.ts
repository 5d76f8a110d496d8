/** One line of a text file: what it says, and how it ends (`\n`, `\r\n`, or nothing for an unfinished last one). */
export interface TextLine {
  readonly text: string
  readonly end: string
}

/** The lines of a text; `joinLines` gives exactly the same text back. */
export function splitLines(text: string): readonly TextLine[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((whole) => {
    const end = /\r?\n$/.exec(whole)?.[0] ?? ''
    return { text: whole.slice(0, whole.length - end.length), end }
  })
}

export const joinLines = (lines: readonly TextLine[]): string =>
  lines.map(({ text, end }) => text + end).join('')

/** How the lines of this file end: as its first one does. */
export const lineEnd = (lines: readonly TextLine[]): string =>
  lines.find(({ end }) => end !== '')?.end ?? '\n'

/** Puts new lines before the line with this index. An unfinished last line is ended first. */
export function insertLines(
  lines: readonly TextLine[],
  index: number,
  texts: readonly string[],
): readonly TextLine[] {
  const end = lineEnd(lines)
  const before = lines.slice(0, index).map((line) => (line.end === '' ? { ...line, end } : line))
  return [...before, ...texts.map((text) => ({ text, end })), ...lines.slice(index)]
}
