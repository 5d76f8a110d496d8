/** A line of known_hosts (sshd(8)) without its marker. */
export interface KnownHost {
  readonly marker: string
  /** Names with commas between, or one hashed name. */
  readonly names: string
  readonly type: string
  readonly blob: string
  readonly comment: string
}

export function parseKnownHost(line: string): KnownHost | undefined {
  const words = line.trim().split(/\s+/)
  const marker = words[0]?.startsWith('@') ? (words.shift() ?? '') : ''
  const [names, type, blob, ...comment] = words
  if (names === undefined || names.startsWith('#') || type === undefined || blob === undefined)
    return undefined
  return { marker, names, type, blob, comment: comment.join(' ') }
}

const lineOf = ({ marker, names, type, blob, comment }: KnownHost): string =>
  [marker, names, type, blob, comment].filter((part) => part !== '').join(' ')

export interface KnownHostWish {
  readonly host: string
  readonly keys: readonly KnownHost[]
  readonly state: 'present' | 'absent'
  readonly hash: boolean
}

export interface KnownHostsMerge {
  /** The lines that stay, without those of the host that have to go. */
  readonly kept: readonly string[]
  /** New lines, in plain. */
  readonly added: readonly string[]
}

/**
 * What becomes of a file. `found` are the numbers of the lines about the host. A key of the same type is
 * replaced; other names that share a line keep it. Without keys, `absent` means all of them.
 */
export function mergeKnownHosts(
  text: string,
  found: readonly number[],
  wish: KnownHostWish,
): KnownHostsMerge {
  const lines = text.split('\n').filter((line, i, all) => line !== '' || i < all.length - 1)
  const missing = new Map(wish.keys.map((key) => [key.type, key]))
  const kept = lines.flatMap((line, i) => {
    const entry = found.includes(i + 1) ? parseKnownHost(line) : undefined
    return entry ? keptLine(line, entry, { wish, missing }) : [line]
  })
  return { kept, added: wish.state === 'present' ? [...missing.values()].map(lineOf) : [] }
}

interface Merging {
  readonly wish: KnownHostWish
  readonly missing: Map<string, KnownHost>
}

function keptLine(line: string, entry: KnownHost, { wish, missing }: Merging): readonly string[] {
  const wanted = wish.keys.find(({ type }) => type === entry.type)
  const isMeant = wanted !== undefined || (wish.state === 'absent' && wish.keys.length === 0)
  if (!isMeant || entry.marker !== '') return [line]
  const isHashed = entry.names.startsWith('|')
  const good = wish.state === 'present' && wanted?.blob === entry.blob && (isHashed || !wish.hash)
  if (good && missing.delete(entry.type)) return [line]
  if (wish.state === 'absent' && wanted && wanted.blob !== entry.blob) return [line]
  const others = entry.names.split(',').filter((name) => name !== wish.host)
  return isHashed || others.length === 0 ? [] : [lineOf({ ...entry, names: others.join(',') })]
}
