import { defineKeyedFact } from '#sdk/fact.ts'
import { parseGroups, parsePasswd } from '#sdk/passwd.ts'
import { quote } from '#sdk/quote.ts'
import { linesOf, sections } from '#sdk/sections.ts'

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
  /** In passwd(5) on this host, not in a directory service. */
  readonly local: boolean
}

const absent: Omit<UserEntry, 'name'> = {
  exists: false,
  uid: -1,
  gid: -1,
  group: '',
  groups: [],
  comment: '',
  home: '',
  shell: '',
  hash: undefined,
  expires: undefined,
  local: false,
}

/** Accounts by name, with the groups they are in. Four short processes for any number of names. */
export default defineKeyedFact<UserEntry>({
  name: 'user-entry',
  summary: 'Accounts of users.',
  script(names) {
    const keys = names.map(quote).join(' ')
    const lines = names.map((name) => quote(`^${name.replaceAll(/[.[\]*^$\\]/g, '\\$&')}:`))
    const only = lines.map((line) => `-e ${line}`).join(' ')
    return `printf '\\036passwd\\n'; getent passwd -- ${keys} 2>/dev/null || grep ${only} /etc/passwd
printf '\\036local\\n'; grep ${only} /etc/passwd
printf '\\036shadow\\n'; grep ${only} /etc/shadow 2>/dev/null
printf '\\036group\\n'; { getent group 2>/dev/null || cat /etc/group; }
:`
  },
  reads: (name) => [{ kind: 'user', name }, { kind: 'group' }, { kind: 'package' }],
  parse({ stdout }, names) {
    const parts = sections(stdout)
    const passwd = new Map(parsePasswd(parts.get('passwd') ?? '').map((entry) => [entry.name, entry]))
    const local = new Set(parsePasswd(parts.get('local') ?? '').map(({ name }) => name))
    const shadow = new Map(linesOf(parts.get('shadow') ?? '').map(shadowFields))
    const groups = parseGroups(parts.get('group') ?? '')
    return names.map((name) => {
      const entry = passwd.get(name)
      if (!entry) return { ...absent, name }
      const primary = groups.find(({ gid }) => gid === entry.gid)?.name ?? String(entry.gid)
      return {
        ...entry,
        exists: true,
        group: primary,
        groups: groups.filter(({ members }) => members.includes(name)).map((group) => group.name),
        hash: shadow.get(name)?.hash,
        expires: shadow.get(name)?.expires,
        local: local.has(name),
      }
    })
  },
})

function shadowFields(line: string): [string, { hash: string; expires: number | undefined }] {
  const fields = line.split(':')
  const [name = '', hash = ''] = fields
  const expires = fields[7]
  return [name, { hash, expires: expires ? Number(expires) : undefined }]
}
