/** One line of a text file: what it says, and how it ends (`\n`, `\r\n`, or nothing for an unfinished last one). */
export interface TextLine {
  readonly text: string
  readonly end: string
}

/** The lines of a text; `joinLines` gives exactly the same text back. */
export function splitLines(text: string): readonly TextLine[] {
  if (text === last.text) return last.lines
  const lines = linesOf(text)
  last = { text, lines }
  return lines
}

/** Several tasks look at one file, one after the other. */
let last: { readonly text: string; readonly lines: readonly TextLine[] } = { text: '', lines: [] }

function linesOf(text: string): readonly TextLine[] {
  const lines: TextLine[] = []
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from)
    const next = newline < 0 ? text.length : newline + 1
    const end = newline < 0 ? '' : newline > from && text[newline - 1] === '\r' ? '\r\n' : '\n'
    lines.push({ text: text.slice(from, next - end.length), end })
    from = next
  }
  return lines
}

export function joinLines(lines: readonly TextLine[]): string {
  if (lines === last.lines) return last.text
  return lines.map(({ text, end }) => text + end).join('')
}

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
