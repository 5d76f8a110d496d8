let segmenter: Intl.Segmenter | undefined

/** What a person sees as one character, piece by piece. Most runs show ASCII alone and never load the tables for it. */
function segments(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter()
  return segmenter.segment(text)
}

/** One combining mark, control or format character takes no column. */
const invisible = /^[\p{Mark}\p{Control}\p{Format}]+$/u
/** East Asian wide and fullwidth blocks, and emoji shown as pictures, take two columns. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u
const plain = /^[\x20-\x7e]*$/
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g

/** Columns that a text without newlines takes on a terminal. Escape sequences take none. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const { segment } of segments(text.replace(escapes, ''))) width += segmentWidth(segment)
  return width
}

function segmentWidth(segment: string): number {
  if (invisible.test(segment)) return 0
  return wide.test(segment) ? 2 : 1
}

/** Cuts a line to a number of columns, ending in `…` when something was cut. Styles stay closed. */
export function truncate(line: string, columns: number): string {
  if (columns <= 0) return ''
  if (displayWidth(line) <= columns) return line
  let width = 0
  let cut = ''
  for (const piece of pieces(line)) {
    const isEscape = piece.startsWith('\u001b')
    const more = isEscape ? 0 : segmentWidth(piece)
    if (width + more > columns - 1) break
    cut += piece
    width += more
  }
  return `${cut}…${line.includes('\u001b') ? '\u001b[0m' : ''}`
}

function* pieces(line: string): Iterable<string> {
  let from = 0
  for (const sequence of line.matchAll(escapes)) {
    for (const { segment } of segments(line.slice(from, sequence.index))) yield segment
    yield sequence[0]
    from = sequence.index + sequence[0].length
  }
  for (const { segment } of segments(line.slice(from))) yield segment
}

/** Fills a text with spaces up to a number of columns. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}

/** The same on the left, for numbers. */
export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - displayWidth(text))) + text
}

/**
 * Text from a host, made harmless for a terminal: no escape sequences, no control characters but newline and tab.
 * A lone carriage return (progress bars) starts the line anew, as on a terminal.
 */
export function printable(text: string): string {
  return text
    .replace(escapes, '')
    .replace(/\r+\n/g, '\n')
    .replace(/[^\n]*\r(?=[^\n])/g, '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u0080-\u009f]/g, '')
}
