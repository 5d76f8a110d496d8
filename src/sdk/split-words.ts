import { quote } from './quote.ts'

/**
 * Splits a command line into words as a POSIX shell does, without running anything: quotes and backslashes are
 * taken off, `$NAME` and `${NAME}` outside single quotes stay to be filled in on the host. Gives text for a shell
 * in which each word is one word, whatever it holds. Throws RangeError when a quote is not closed.
 */
export function commandWords(line: string): string {
  const words: string[] = []
  let word: string | undefined
  for (const part of partsOf(line)) {
    if (part.kind === 'space') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + shellText(part)
  }
  if (word !== undefined) words.push(word)
  return words.map(withHome).join(' ')
}

interface Part {
  readonly kind: 'space' | 'text' | 'variable'
  readonly text: string
}

const piece =
  /(?<space>\s+)|'(?<single>[^']*)'|"(?<double>(?:\\[\s\S]|[^"\\])*)"|\\(?<escaped>[\s\S])|\$\{?(?<name>[A-Za-z_]\w*)\}?|(?<plain>[^\s'"\\$]+|\$)/gy

function* partsOf(line: string): Iterable<Part> {
  piece.lastIndex = 0
  let end = 0
  for (const match of line.matchAll(piece)) {
    end = match.index + match[0].length
    yield* readPiece(match.groups ?? {})
  }
  if (end !== line.length) throw new RangeError(`A quote is not closed: ${line.slice(end)}`)
}

function* readPiece(groups: Readonly<Record<string, string | undefined>>): Iterable<Part> {
  const { space, single, double, escaped, name, plain } = groups
  if (space !== undefined) yield { kind: 'space', text: space }
  else if (name !== undefined) yield { kind: 'variable', text: name }
  else if (double !== undefined) yield* insideDouble(double)
  else yield { kind: 'text', text: single ?? escaped ?? plain ?? '' }
}

/** In double quotes a backslash protects only these: the rest keeps it. */
function* insideDouble(text: string): Iterable<Part> {
  if (text === '') yield { kind: 'text', text: '' }
  for (const match of text.matchAll(/\\([$`"\\\n])|\$\{?([A-Za-z_]\w*)\}?|([^\\$]+|[\\$])/g)) {
    const [, escaped, name, plain] = match
    if (name !== undefined) yield { kind: 'variable', text: name }
    else yield { kind: 'text', text: escaped ?? plain ?? '' }
  }
}

function shellText({ kind, text }: Part): string {
  if (kind === 'variable') return `"\${${text}}"`
  return text === '' ? "''" : quote(text)
}

/** A word that begins with `~/` means the acting user's home, as in a shell. */
function withHome(word: string): string {
  const path = /^'?~\/(.*?)'?$/.exec(word)?.[1]
  return path === undefined || word.includes('"')
    ? word
    : `"$HOME"/${path === '' ? '' : quote(path.replaceAll("'\\''", "'"))}`
}
