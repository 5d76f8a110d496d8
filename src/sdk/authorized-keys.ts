/** A line of an authorized_keys file (sshd(8)) that holds a key. */
export interface AuthorizedKey {
  /** `from="10.0.0.*",no-pty`; empty without options. */
  readonly options: string
  readonly type: string
  readonly blob: string
  readonly comment: string
}

const keyType = /^(ssh-[a-z0-9-]+|ecdsa-[a-z0-9-]+|sk-[a-z0-9-]+)(@[a-z.]+)?(-cert-v\d+@openssh\.com)?$/

/** Undefined for comments, empty lines and what is no key. */
export function parseAuthorizedKey(line: string): AuthorizedKey | undefined {
  const text = line.trim()
  if (text === '' || text.startsWith('#')) return undefined
  const words = wordsOf(text)
  const at = words.findIndex((word) => keyType.test(word))
  const [type, blob, ...comment] = words.slice(Math.max(at, 0))
  if (at < 0 || at > 1 || type === undefined || blob === undefined) return undefined
  return { options: at === 1 ? (words[0] ?? '') : '', type, blob, comment: comment.join(' ') }
}

/** Words parted by blanks; quotation marks in options keep blanks together. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:"(?:\\"|[^"])*"|[^\s"])+/g)].map(([word]) => word)
}

export function keyLine({ options, type, blob, comment }: AuthorizedKey): string {
  return [options, type, blob, comment].filter((part) => part !== '').join(' ')
}

export interface KeyWish {
  readonly keys: readonly AuthorizedKey[]
  readonly state: 'present' | 'absent'
  /** Remove all other keys. */
  readonly exclusive: boolean
}

/** The text as it shall be. Comments and lines that are no keys stay. */
export function mergeKeys(text: string, wish: KeyWish): string {
  const missing = new Map(wish.keys.map((key) => [identity(key), key]))
  const lines = text.split('\n').filter((line, i, all) => line !== '' || i < all.length - 1)
  const kept = lines.flatMap((line) => mergedLine(line, wish, missing))
  const added = wish.state === 'present' ? [...missing.values()].map(keyLine) : []
  return [...kept, ...added].map((line) => `${line}\n`).join('')
}

/** What becomes of a line; a key that was found is taken off the missing ones, so a second copy of it goes. */
function mergedLine(line: string, wish: KeyWish, missing: Map<string, AuthorizedKey>): readonly string[] {
  const key = parseAuthorizedKey(line)
  if (!key) return [line]
  const isMeant = wish.keys.some((wanted) => identity(wanted) === identity(key))
  if (!isMeant) return wish.exclusive && wish.state === 'present' ? [] : [line]
  const wanted = missing.get(identity(key))
  if (!wanted || wish.state === 'absent') return []
  missing.delete(identity(key))
  return [sameKey(key, wanted) ? line : keyLine(wanted)]
}

const identity = ({ type, blob }: AuthorizedKey): string => `${type} ${blob}`

const sameKey = (a: AuthorizedKey, b: AuthorizedKey): boolean =>
  a.options === b.options && a.comment === b.comment
