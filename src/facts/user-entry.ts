import { defineKeyedFact } from '#sdk/fact.ts'
import { parseGroups, parsePasswd, type UserEntry } from '#sdk/passwd.ts'
import { quote } from '#sdk/quote.ts'
import { linesOf, sections } from '#sdk/sections.ts'

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
  passwordDays: {},
  homeExists: false,
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
    return `printf '\\036passwd\\n'
entries=$(getent passwd ${keys} 2>/dev/null || grep ${only} /etc/passwd); printf '%s\\n' "$entries"
printf '\\036homes\\n'
printf '%s\\n' "$entries" | while IFS=: read -r name _ _ _ _ home _; do [ -d "$home" ] && printf '%s\\n' "$name"; done
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
    const homes = new Set(linesOf(parts.get('homes') ?? ''))
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
        ...(shadow.get(name) ?? unreadable),
        homeExists: homes.has(name),
        local: local.has(name),
      }
    })
  },
})

type Aging = Pick<UserEntry, 'hash' | 'expires' | 'passwordDays'>

const unreadable: Aging = { hash: undefined, expires: undefined, passwordDays: {} }

function shadowFields(line: string): [string, Aging] {
  const [name = '', hash = '', , min, max, warn, , expires] = line.split(':')
  const passwordDays = { ...days('min', min), ...days('max', max), ...days('warn', warn) }
  return [name, { hash, expires: expires ? Number(expires) : undefined, passwordDays }]
}

const days = (name: string, field: string | undefined): Record<string, number> =>
  field ? { [name]: Number(field) } : {}
