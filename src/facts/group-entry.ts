import { defineKeyedFact } from '#sdk/fact.ts'
import { type GroupRecord, parseGroups } from '#sdk/passwd.ts'
import { quote } from '#sdk/quote.ts'

/** Groups by name or number; undefined for one that does not exist. */
export default defineKeyedFact<GroupRecord | undefined>({
  name: 'group-entry',
  summary: 'Groups of users.',
  // getent gives 2 when one name is unknown, and nothing at all on systems that have none.
  script: (names) => `if command -v getent >/dev/null 2>&1; then getent group ${names.map(quote).join(' ')}
else cat /etc/group
fi
:`,
  reads: (name) => [{ kind: 'group', name }, { kind: 'user' }, { kind: 'package' }],
  parse({ stdout }, names) {
    const groups = parseGroups(stdout)
    return names.map((name) => groups.find((group) => group.name === name || String(group.gid) === name))
  },
})
