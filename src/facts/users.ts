import { defineFact } from '#sdk/fact.ts'
import { type PasswdEntry, parsePasswd } from '#sdk/passwd.ts'

export default defineFact<Readonly<Record<string, PasswdEntry>>>({
  name: 'users',
  summary: 'The accounts of the host, by name.',
  script: 'getent passwd 2>/dev/null || cat /etc/passwd',
  reads: [{ kind: 'user' }],
  parse: ({ stdout }) => Object.fromEntries(parsePasswd(stdout).map((entry) => [entry.name, entry])),
})
