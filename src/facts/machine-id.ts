import { defineFact } from '#sdk/fact.ts'

/** The 32 hexadecimal digits of machine-id(5); empty on hosts that have none. */
export default defineFact<string>({
  name: 'machine_id',
  summary: 'The identity of this installation.',
  script: 'cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null || :',
  reads: [{ kind: 'path', name: '/etc/machine-id' }],
  parse: ({ stdout }) => stdout.trim(),
})
