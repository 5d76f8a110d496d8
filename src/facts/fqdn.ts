import { defineFact } from '#sdk/fact.ts'

/** The full name as the resolver knows it; the host's own name where it knows none. */
export default defineFact<string>({
  name: 'fqdn',
  summary: 'The host name with its domain.',
  script: 'hostname -f 2>/dev/null || uname -n',
  reads: [{ kind: 'hostname' }, { kind: 'network' }, { kind: 'path', name: '/etc/hosts' }],
  parse: ({ stdout }) => stdout.trim(),
})
