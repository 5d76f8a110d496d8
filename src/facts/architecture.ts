import { defineFact } from '#sdk/fact.ts'

/** As `uname -m` says: `x86_64`, `aarch64`. */
export default defineFact<string>({
  name: 'architecture',
  summary: 'The machine architecture of the kernel.',
  script: 'uname -m',
  reads: [{ kind: 'platform' }],
  parse: ({ stdout }) => stdout.trim(),
})
