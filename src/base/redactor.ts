const shortest = 4
const longLine = 8

/** Replaces secret values, in the forms in which they may turn up, by `***`. A safety net, not a guarantee. */
export class Redactor {
  readonly #forms = new Set<string>()
  #pattern: RegExp | undefined

  /** Hides a value from now on. Values shorter than four characters would hide half of any text; they are left. */
  add(secret: string): void {
    const before = this.#forms.size
    for (const form of formsOf(secret)) this.#forms.add(form)
    if (this.#forms.size !== before) this.#pattern = undefined
  }

  /** True while nothing is hidden, so that callers can spare themselves a walk. */
  get idle(): boolean {
    return this.#forms.size === 0
  }

  redact(text: string): string {
    if (this.#forms.size === 0 || text.length < shortest) return text
    this.#pattern ??= patternOf(this.#forms)
    return text.replace(this.#pattern, '***')
  }
}

/** Longest first, so that a secret that contains another one goes as a whole. */
function patternOf(forms: ReadonlySet<string>): RegExp {
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map(literal).join('|'), 'g')
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

function formsOf(secret: string): string[] {
  const values = [secret, secret.trimEnd(), ...secretLines(secret)]
  return values.flatMap(encodings).filter((form) => form.length >= shortest)
}

/** Keys and certificates are often shown or cut line by line. */
function secretLines(secret: string): string[] {
  const lines = secret.split(/\r?\n/)
  return lines.length > 1 ? lines.map((line) => line.trim()).filter((line) => line.length >= longLine) : []
}

function encodings(value: string): string[] {
  if (value.length < shortest) return []
  const bytes = Buffer.from(value)
  const base64 = bytes.toString('base64')
  const hex = bytes.toString('hex')
  const json = JSON.stringify(value).slice(1, -1)
  return [
    value,
    json,
    // JSON inside JSON, as in the log of an API call.
    JSON.stringify(json).slice(1, -1),
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    hex,
    hex.toUpperCase(),
    encodeURIComponent(value.toWellFormed()),
    new URLSearchParams({ v: value }).toString().slice(2),
    value.replaceAll("'", "'\\''"),
    value.replaceAll("'", `'"'"'`),
    value.replace(/(["$`\\])/g, '\\$1'),
    value.replace(/([^\w@%+=:,./-])/g, '\\$1'),
  ]
}
