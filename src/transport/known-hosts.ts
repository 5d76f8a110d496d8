import { createHmac, timingSafeEqual } from 'node:crypto'

/** One line of a known_hosts file, as `sshd(8)` describes them. */
export interface KnownHostLine {
  readonly file: string
  readonly line: number
  readonly marker: 'cert-authority' | 'revoked' | undefined
  /** The first field: names and patterns, or one hashed name. */
  readonly hosts: string
  readonly type: string
  readonly key: Buffer
}

/** Reads the lines that can be understood; others are ignored, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): readonly KnownHostLine[] {
  return text.split('\n').flatMap((line, i) => parseLine(line.trim(), { file, line: i + 1 }) ?? [])
}

function parseLine(text: string, where: { file: string; line: number }): KnownHostLine | undefined {
  if (text === '' || text.startsWith('#')) return undefined
  const fields = text.split(/\s+/)
  const marker = fields[0]?.startsWith('@') ? fields.shift()?.slice(1) : undefined
  const [hosts, type, key] = fields
  if (!hosts || !type || !key) return undefined
  if (marker !== undefined && marker !== 'cert-authority' && marker !== 'revoked') return undefined
  return { ...where, marker, hosts, type, key: Buffer.from(key, 'base64') }
}

/** The name a host is looked up by: `[name]:port` unless the port is 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase()
  return port === 22 ? name : `[${name}]:${port}`
}

/** Whether the first field of a line names this host. A negated pattern that fits rules the line out. */
export function namesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) return isHashOf(hosts, name)
  let fits = false
  for (const pattern of hosts.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!')
    if (!patternFits(negated ? pattern.slice(1) : pattern, name)) continue
    if (negated) return false
    fits = true
  }
  return fits
}

/** `*` stands for any characters, `?` for one. */
export function patternFits(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(name)
}

/** `|1|salt|hash`: HMAC-SHA1 of the name, with the salt as key. */
function isHashOf(hosts: string, name: string): boolean {
  const [, , salt, hash] = hosts.split('|')
  if (!salt || !hash) return false
  const expected = Buffer.from(hash, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** The first field of a new line in a file that hides its names. */
export function hashedName(name: string, salt: Buffer): string {
  const hash = createHmac('sha1', salt).update(name).digest('base64')
  return `|1|${salt.toString('base64')}|${hash}`
}

export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown'; readonly authority?: KnownHostLine }
  | { readonly kind: 'revoked'; readonly line: KnownHostLine }
  /** The host is known by another key of this type, or by keys of other types only. */
  | { readonly kind: 'changed'; readonly line: KnownHostLine }

/** What the lines say about the key a host has shown. Lines are given in the order of their files. */
export function judgeHostKey(
  lines: readonly KnownHostLine[],
  { name, bareName, type, key }: { name: string; bareName: string; type: string; key: Buffer },
): HostKeyVerdict {
  const revoked = lines.find((line) => line.marker === 'revoked' && line.key.equals(key))
  if (revoked && (namesHost(revoked.hosts, name) || namesHost(revoked.hosts, bareName)))
    return { kind: 'revoked', line: revoked }
  const named = lines.filter((line) => line.marker === undefined && namesHost(line.hosts, name))
  if (named.some((line) => line.key.equals(key))) return { kind: 'known' }
  const changed = named.find((line) => line.type === type) ?? named[0]
  if (changed) return { kind: 'changed', line: changed }
  // As OpenSSH: a key known without the port is good enough, but an unequal one proves nothing.
  const bare = lines.some(
    (line) => line.marker === undefined && line.key.equals(key) && namesHost(line.hosts, bareName),
  )
  if (bare) return { kind: 'known' }
  const authority = lines.find((line) => line.marker === 'cert-authority' && namesHost(line.hosts, name))
  return authority ? { kind: 'unknown', authority } : { kind: 'unknown' }
}
