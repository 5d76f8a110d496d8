import { linesOf } from './sections.ts'

/** A line of passwd(5). */
export interface PasswdEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly comment: string
  readonly home: string
  readonly shell: string
}

/** An account with all that the host keeps about it. */
export interface UserEntry {
  readonly exists: boolean
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** Name of the primary group; its number where it has no name. */
  readonly group: string
  /** Supplementary groups, by name. */
  readonly groups: readonly string[]
  readonly comment: string
  readonly home: string
  readonly shell: string
  /** The hash of shadow(5), `!…` when locked; undefined when it may not be read. Never to be shown. */
  readonly hash: string | undefined
  /** Days since the epoch; undefined for never. */
  readonly expires: number | undefined
  /** Days between changes of the password, as in shadow(5); undefined where none is set. */
  readonly passwordDays: { readonly min?: number; readonly max?: number; readonly warn?: number }
  readonly homeExists: boolean
  /** In passwd(5) on this host, not in a directory service. */
  readonly local: boolean
}

export function parsePasswd(text: string): readonly PasswdEntry[] {
  return linesOf(text).flatMap((line) => {
    const fields = line.split(':')
    const [name = '', , uid = '', gid = '', comment = '', home = '', shell = ''] = fields
    // `+@netgroup` lines and the like are no accounts.
    if (fields.length < 7 || !/^\d+$/.test(uid)) return []
    return [{ name, uid: Number(uid), gid: Number(gid), comment, home, shell }]
  })
}

/** A line of group(5). */
export interface GroupRecord {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

export function parseGroups(text: string): readonly GroupRecord[] {
  return linesOf(text).flatMap((line) => {
    const [name = '', , gid = '', members = ''] = line.split(':')
    if (!/^\d+$/.test(gid)) return []
    return [{ name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') }]
  })
}
