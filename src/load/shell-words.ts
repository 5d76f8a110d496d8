/** A word of a line with the offset in the line of each of its characters. */
export interface ShellWord {
  readonly text: string
  readonly at: readonly number[]
  /** The part of the line it stands in, quotes included. */
  readonly start: number
  readonly end: number
}

/**
 * Splits a line as Python's `shlex.split(line, comments=True)` does, which is how Ansible reads hosts in INI
 * files: quotes, backslashes, and a comment from any unquoted `#` on, even inside a word. Gives undefined when a
 * quote is not closed.
 */
export function shellWords(line: string): readonly ShellWord[] | undefined {
  const words: ShellWord[] = []
  let at = 0
  for (;;) {
    while (at < line.length && /\s/.test(line.charAt(at))) at++
    if (at >= line.length || line.charAt(at) === '#') return words
    const word = readWord(line, at)
    if (!word) return undefined
    words.push(word)
    at = word.end
  }
}

const piece = /'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s#'"]/y

function readWord(line: string, start: number): ShellWord | undefined {
  const at: number[] = []
  let position = start
  while (position < line.length && !/[\s#]/.test(line.charAt(position))) {
    piece.lastIndex = position
    const found = piece.exec(line)?.[0]
    if (found === undefined) return undefined
    at.push(...characters(found).map((offset) => position + offset))
    position += found.length
  }
  return { text: at.map((offset) => line.charAt(offset)).join(''), at, start, end: position }
}

/** The offsets in a quoted, escaped or plain piece of the characters that it stands for. */
function characters(found: string): readonly number[] {
  const inside = Array.from({ length: Math.max(0, found.length - 2) }, (_, i) => i + 1)
  if (found.startsWith("'")) return inside
  if (found.startsWith('\\')) return found.length > 1 ? [1] : [0]
  if (!found.startsWith('"')) return [0]
  // Inside double quotes a backslash takes only a quote or another backslash as it is.
  const escaping = new Set(
    [...found.slice(1, -1).matchAll(/\\(["\\])|\\./g)].filter((m) => m[1]).map((m) => m.index + 1),
  )
  return inside.filter((offset) => !escaping.has(offset))
}
