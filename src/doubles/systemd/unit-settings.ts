/** One assignment of a unit file, with the section it stands in. */
export interface Setting {
  readonly section: string
  readonly key: string
  readonly value: string
}

/** Reads a unit file as systemd.syntax(7) says: comments, continued lines, and whatever else is no assignment left out. */
export function parseUnitText(text: string): Setting[] {
  const settings: Setting[] = []
  let section = ''
  for (const line of joined(text)) {
    const header = /^\[(.+)\]$/.exec(line)
    if (header) section = header[1] ?? ''
    const [, key, value] = /^([\w-]+)\s*=\s*(.*)$/.exec(line) ?? []
    if (!header && key !== undefined && value !== undefined) settings.push({ section, key, value })
  }
  return settings
}

/** Lines that end with a backslash go on in the next; comments between them are left out. */
function joined(text: string): string[] {
  const lines: string[] = []
  let open = false
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (/^[#;]/.test(line)) continue
    const body = line.replace(/\\$/, ' ')
    if (open) lines.push(`${lines.pop()}${body}`)
    else lines.push(body)
    open = line.endsWith('\\')
  }
  return lines.map((line) => line.trim())
}

/** All values of a key, in their order; an empty assignment forgets those before it. */
export function valuesOf(settings: readonly Setting[], section: string, key: string): string[] {
  const all = settings.filter((one) => one.section === section && one.key === key).map(({ value }) => value)
  return all.slice(all.lastIndexOf('') + 1)
}

export const lastOf = (settings: readonly Setting[], section: string, key: string): string | undefined =>
  valuesOf(settings, section, key).at(-1)

/** Names parted by blanks, of all assignments. */
export const wordsOf = (settings: readonly Setting[], section: string, key: string): string[] =>
  valuesOf(settings, section, key)
    .join(' ')
    .split(/\s+/)
    .filter((word) => word !== '')

export const flagOf = (settings: readonly Setting[], section: string, key: string): boolean =>
  /^(yes|true|on|1)$/i.test(lastOf(settings, section, key) ?? '')

const units: Readonly<Record<string, number>> = {
  us: 1e-3,
  ms: 1,
  s: 1000,
  sec: 1000,
  '': 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
}

/** Milliseconds of a time span such as `5`, `100ms` or `1min 30s`; see systemd.time(7). Undefined for `infinity` and for nonsense. */
export function spanOf(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g)]
  const sizes = parts.map(([, count, unit = '']) => Number(count) * (units[unit] ?? Number.NaN))
  const sum = sizes.reduce((all, size) => all + size, 0)
  return parts.length === 0 || Number.isNaN(sum) ? undefined : sum
}
