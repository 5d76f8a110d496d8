import { given } from './given.ts'
import { inOrder, type Script, sh } from './quote.ts'
import { generateKeyPair, type KeyPairChoice } from './ssh-key-pair.ts'
import {
  type Account,
  createAccount,
  createHome,
  type HomeChoice,
  lockPassword,
  setPassword,
  updateAccount,
} from './user-commands.ts'

export interface AccountWork {
  readonly exists: boolean
  /** All that was asked for. */
  readonly account: Account
  /** What differs, by the names of the changes. */
  readonly fields: ReadonlySet<string>
  /** Groups to join; undefined: `account.groups` replaces all. */
  readonly join: readonly string[] | undefined
  readonly home: HomeChoice & { readonly move: boolean }
  readonly password: string | undefined
  readonly lock: boolean | undefined
  /** Options of chage(1). */
  readonly aging: readonly (string | number)[]
  readonly keyPair: KeyPairChoice
}

/** One script for all that differs, in an order in which each step finds what it needs. */
export function accountScript(work: AccountWork): Script {
  const { account, exists, fields, home, lock } = work
  const { name } = account
  return inOrder([
    exists ? updateStep(work) : createAccount(account, home),
    home.create && exists ? createHome(name, home) : undefined,
    fields.has('password') ? setPassword(name, work.password ?? '') : undefined,
    // Setting a password unlocks the account.
    lock !== undefined && (fields.has('password_lock') || (lock && fields.has('password')))
      ? lockPassword(name, lock)
      : undefined,
    work.aging.length > 0 ? sh`chage ${work.aging} ${name}` : undefined,
    fields.has('ssh_key') ? generateKeyPair(work.keyPair) : undefined,
  ])
}

function updateStep({ account, fields, join, home }: AccountWork): Script | undefined {
  const changed = <T>(field: string, value: T): T | undefined => (fields.has(field) ? value : undefined)
  const { uid, group, comment, shell, expires, groups } = account
  return updateAccount({
    name: account.name,
    nonUnique: account.nonUnique ?? false,
    moveHome: home.move,
    ...given({
      uid: changed('uid', uid),
      group: changed('group', group),
      comment: changed('comment', comment),
      home: changed('home', account.home),
      shell: changed('shell', shell),
      expires: changed('expires', expires),
      groups: join ? undefined : changed('groups', groups),
      join: changed('groups', join),
    }),
  })
}
