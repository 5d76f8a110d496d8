/** A word for a POSIX shell: the same bytes back, whatever they are (NUL excepted, which no shell can carry). */
export function quote(word: string): string {
  if (word.includes('\0')) throw new RangeError('A shell word cannot hold a NUL byte.')
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(word)) return word
  return `'${word.replaceAll("'", "'\\''")}'`
}

/** A piece of shell text that is inserted as it stands. */
export class Script {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

type Part = string | number | Script | readonly (string | number)[]

/**
 * A shell script with its values quoted: `` sh`rm -f ${path}` ``. Lists become several words,
 * a `Script` is inserted as it stands.
 */
export function sh(strings: TemplateStringsArray, ...parts: readonly Part[]): Script {
  let text = strings[0] ?? ''
  parts.forEach((part, i) => {
    text += inserted(part) + (strings[i + 1] ?? '')
  })
  return new Script(text)
}

/** Shell text as it stands, to be inserted into `sh`. */
export const raw = (text: string): Script => new Script(text)

function inserted(part: Part): string {
  if (part instanceof Script) return part.text
  if (Array.isArray(part)) return part.map((word) => quote(String(word))).join(' ')
  return quote(String(part))
}

/** Runs scripts one after the other, each in a shell of its own, until one fails. */
export function inOrder(steps: readonly (Script | undefined)[]): Script {
  const present = steps.filter((step) => step !== undefined)
  return raw(present.map(({ text }) => `(\n${text}\n)`).join(' &&\n'))
}

/** What a module may run: a program with its arguments, or a script. */
export type Command = readonly string[] | Script

export function commandText(command: Command): string {
  return command instanceof Script ? command.text : command.map(quote).join(' ')
}
