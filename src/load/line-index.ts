import type { Position, SourceRange } from '#model/source.ts'

/** Turns offsets in one text into lines and columns. A line ends at LF, CRLF or a lone CR. */
export class LineIndex {
  readonly file: string
  readonly #starts: readonly number[]

  constructor(file: string, text: string) {
    this.file = file
    this.#starts = lineStarts(text)
  }

  position(offset: number): Position {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1, offset }
  }

  range(start: number, end: number): SourceRange {
    return { file: this.file, start: this.position(start), end: this.position(end) }
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length)
  return starts
}
