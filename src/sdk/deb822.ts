/** The fields of the first stanza of a deb822(5) file; comments are passed over. */
export function parseDeb822(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  let name: string | undefined
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue
    if (line.trim() === '' && fields.size > 0) break
    const [, field, value = ''] = /^([^\s:]+):\s*(.*)$/.exec(line) ?? []
    if (field !== undefined) {
      name = field.toLowerCase()
      fields.set(name, value.trim())
    } else if (name !== undefined && /^\s/.test(line)) {
      fields.set(name, `${fields.get(name)}\n${line.trim()}`)
    }
  }
  return fields
}

/** One stanza. */
export function deb822Text(fields: readonly (readonly [name: string, value: string])[]): string {
  return fields.map(([name, value]) => `${name}: ${value}\n`).join('')
}

/** Whether a text says what the fields say, whatever the order and spacing. */
export function saysTheSame(text: string, fields: readonly (readonly [string, string])[]): boolean {
  const present = parseDeb822(text)
  if (present.size !== fields.length) return false
  return fields.every(([name, value]) => words(present.get(name.toLowerCase()) ?? '') === words(value))
}

const words = (value: string): string => value.split(/\s+/).join(' ').trim()
