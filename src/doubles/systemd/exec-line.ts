/** A command of a unit: words that a shell can read, with `$MAINPID` left to it. */
export interface ExecLine {
  readonly shellWords: readonly string[]
  /** `-`: its failure is none. */
  readonly mayFail: boolean
  /** `+` or `!`: as root, whatever `User=` says. */
  readonly asRoot: boolean
}

type Environment = Readonly<Record<string, string>>

/** Reads a line as systemd.service(5), "Command Lines" says. */
export function readExecLine(line: string, environment: Environment): ExecLine {
  const [, prefix = '', rest = ''] = /^([-@:+!|]*)(.*)$/s.exec(line.trim()) ?? []
  const [program = '', ...words] = splitWords(rest)
  // With `@`, the second word is what the program shall take for its name: nothing depends on it here.
  const given = prefix.includes('@') ? words.slice(1) : words
  const args = prefix.includes(':') ? given.map(quote) : given.flatMap((word) => expanded(word, environment))
  return {
    shellWords: [quote(program), ...args],
    mayFail: prefix.includes('-'),
    asRoot: /[+!]/.test(prefix),
  }
}

/** Words parted by blanks, with quotes and the escapes of C. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  for (const [word] of text.matchAll(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/gs)) {
    const parts = word.matchAll(/"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|((?:\\.|[^"'\\])+)/gs)
    words.push(
      [...parts].map(([, double, single, bare]) => unescaped(double ?? single ?? bare ?? '')).join(''),
    )
  }
  return words
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  s: ' ',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_, code: string | undefined, letter: string) =>
    code === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  )

/** `$NAME` as a word of its own gives as many words as it holds; `${NAME}` is text within a word. */
function expanded(word: string, environment: Environment): string[] {
  const whole = /^\$([A-Za-z_]\w*)$/.exec(word)?.[1]
  if (whole === 'MAINPID') return ['"$MAINPID"']
  if (whole !== undefined) return splitWords(environment[whole] ?? '').map(quote)
  const parts = word.split(/(\$\$|\$\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*)/)
  const texts = parts.map((part, index) => {
    if (index % 2 === 0) return quote(part)
    if (part === '$$') return quote('$')
    const name = part.replaceAll(/[${}]/g, '')
    if (name === 'MAINPID') return '"$MAINPID"'
    // Within a word, only braces make it a variable.
    return quote(part.includes('{') ? (environment[name] ?? '') : part)
  })
  return [texts.join('')]
}

export const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
