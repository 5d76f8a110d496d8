export interface Interfaces {
  /** Brought up at boot. */
  readonly auto: readonly string[]
  /** Each as its lines: `iface vmbr0 inet static`, then its settings. */
  readonly stanzas: Readonly<Record<string, readonly string[]>>
  /** `FILE: lineN: what is wrong`. */
  readonly errors: readonly string[]
}

interface Reading {
  readonly auto: string[]
  readonly stanzas: Record<string, string[]>
  readonly errors: string[]
  open: string[] | undefined
}

/** interfaces(5) as ifupdown2 reads it: `auto`, `iface`, `source`; lines go on after a backslash. */
export async function readInterfaces(
  path: string,
  read: (path: string) => Promise<string>,
): Promise<Interfaces> {
  const reading: Reading = { auto: [], stanzas: {}, errors: [], open: undefined }
  const text = await read(path).catch(() => undefined)
  if (text === undefined) return { ...reading, errors: [`error opening file ${path}`] }
  const joined = text.replaceAll('\\\n', ' ').split('\n')
  for (const [index, line] of joined.entries()) readLine(line.trim(), `${path}: line${index + 1}`, reading)
  return reading
}

function readLine(line: string, place: string, reading: Reading): void {
  if (line === '' || line.startsWith('#')) return
  const words = line.split(/\s+/)
  const [word = ''] = words
  if (word === 'iface') {
    openStanza(words, place, reading)
    return
  }
  if (/^(auto|allow-\S+)$/.test(word)) reading.auto.push(...words.slice(1))
  const isOwn = /^(auto|allow-\S+|source|source-directory|mapping|vlan)$/.test(word)
  if (isOwn) reading.open = undefined
  else if (reading.open) reading.open.push(line)
  else reading.errors.push(`${place}: error processing line '${line}'`)
}

function openStanza(words: readonly string[], place: string, reading: Reading): void {
  const [, name, family, method = ''] = words
  const line = words.join(' ')
  reading.open = [line]
  if (name === undefined) {
    reading.errors.push(`${place}: invalid iface line '${line}'`)
    return
  }
  reading.stanzas[name] = reading.open
  if (family === undefined || methods[family]?.includes(method)) return
  reading.errors.push(`${place}: iface ${name}: unsupported address family or method '${line}'`)
}

const methods: Readonly<Record<string, readonly string[]>> = {
  inet: ['static', 'manual', 'dhcp', 'loopback', 'tunnel'],
  inet6: ['static', 'manual', 'dhcp', 'auto', 'loopback', 'tunnel'],
}
