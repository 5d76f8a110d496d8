export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'sign'
  readonly text: string
}

const token =
  /\s*(?:([A-Za-z_]\w*)|(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|('(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*")|(\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=()[\]{}.,:|]))/y

/** The words and signs of a Jinja expression; undefined when it has something that Jinja does not know. */
export function jinjaTokens(text: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  token.lastIndex = 0
  while (token.lastIndex < end) {
    const match = token.exec(text)
    if (!match) return undefined
    const [, name, number, quoted, sign] = match
    if (name !== undefined) tokens.push({ kind: 'name', text: name })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (quoted !== undefined) tokens.push({ kind: 'string', text: unescaped(quoted.slice(1, -1)) })
    else tokens.push({ kind: 'sign', text: sign ?? '' })
  }
  return tokens
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

/** As Python: a backslash before any other letter stays, which regular expressions rely on. */
function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (written, letter: string) => escapes[letter] ?? written)
}
