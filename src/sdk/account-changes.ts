import type { Change } from '#model/change.ts'
import { Secret } from '#model/secret.ts'
import type { UserEntry } from './passwd.ts'
import type { Account } from './user-commands.ts'

export interface AccountWish extends Account {
  readonly append: boolean
  readonly createHome: boolean
  readonly password?: string
  readonly passwordOnlyOnCreate: boolean
  readonly lock?: boolean
  readonly min?: number
  readonly max?: number
  readonly warn?: number
}

/** What sets an account apart from what was asked for, one change a field. A password is never shown. */
export function accountChanges(wish: AccountWish, entry: UserEntry): readonly Change[] {
  return entry.exists ? updates(wish, entry) : creation(wish)
}

const difference = (field: string, before: unknown, after: unknown): readonly Change[] =>
  after === undefined || before === after ? [] : [{ field, before, after }]

const passwordChange: Change = { field: 'password', before: new Secret(''), after: new Secret('') }

function creation(wish: AccountWish): readonly Change[] {
  const fields = (['uid', 'group', 'groups', 'comment', 'home', 'shell'] as const).flatMap((field) =>
    difference(field, undefined, wish[field]),
  )
  return [
    { field: 'state', before: 'absent', after: 'present' },
    ...fields,
    ...(wish.password === undefined ? [] : [passwordChange]),
    ...(wish.lock ? difference('password_lock', false, true) : []),
    ...difference('expires', undefined, wish.expires || undefined),
    ...agingChanges(wish, {}),
  ]
}

function updates(wish: AccountWish, entry: UserEntry): readonly Change[] {
  return [
    ...difference('uid', entry.uid, wish.uid),
    ...difference('group', entry.group, wish.group),
    ...groupChanges(wish, entry),
    ...difference('comment', entry.comment, wish.comment),
    ...difference('home', entry.home, wish.home),
    ...difference('shell', entry.shell, wish.shell),
    ...homeFolder(wish, entry),
    ...(passwordDiffers(wish, entry) ? [passwordChange] : []),
    ...difference('password_lock', entry.hash?.startsWith('!') ?? false, wish.lock),
    ...difference('expires', expiryDate(entry.expires), wish.expires),
    ...agingChanges(wish, entry.passwordDays),
  ]
}

function groupChanges({ group, groups, append }: AccountWish, entry: UserEntry): readonly Change[] {
  if (!groups) return []
  const wanted = groups.filter((name) => name !== (group ?? entry.group))
  const after = append ? [...new Set([...entry.groups, ...wanted])] : [...new Set(wanted)]
  const same = after.length === entry.groups.length && after.every((name) => entry.groups.includes(name))
  return same ? [] : [{ field: 'groups', before: entry.groups, after }]
}

/** Only for the home that the account has already: a new one is made along with its change. */
function homeFolder(wish: AccountWish, entry: UserEntry): readonly Change[] {
  const stays = wish.home === undefined || wish.home === entry.home
  if (!wish.createHome || !stays || entry.homeExists) return []
  return [{ field: 'home_folder', before: 'absent', after: entry.home }]
}

function passwordDiffers(wish: AccountWish, entry: UserEntry): boolean {
  if (wish.password === undefined || wish.passwordOnlyOnCreate) return false
  return withoutLock(wish.password) !== withoutLock(entry.hash ?? '')
}

/** A lock is an exclamation mark before the hash. */
const withoutLock = (hash: string): string => hash.replace(/^!+/, '')

function agingChanges({ min, max, warn }: AccountWish, days: UserEntry['passwordDays']): readonly Change[] {
  return [
    ...difference('password_expire_min', days.min, min),
    ...difference('password_expire_max', days.max, max),
    ...difference('password_expire_warn', days.warn, warn),
  ]
}

/** Days since the epoch as `YYYY-MM-DD`; empty for never. */
export function expiryDate(days: number | undefined): string {
  return days === undefined ? '' : new Date(days * 86_400_000).toISOString().slice(0, 10)
}
