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
