import { defineFact } from '#sdk/fact.ts'

/** The name up to the first dot, as `hostname -s` says. */
export default defineFact<string>({
  name: 'hostname',
  summary: 'The short host name.',
  script: 'uname -n',
  reads: [{ kind: 'hostname' }],
  parse: ({ stdout }) => stdout.trim().split('.')[0] ?? '',
})
