import { defineFact } from '#sdk/fact.ts'
import { type MountEntry, parseMountTable } from '#sdk/mount-table.ts'

/** What is mounted now, in the order of mounting: of two entries with one path, the last one is seen. */
export default defineFact<readonly MountEntry[]>({
  name: 'mount-table',
  summary: 'Mounted file systems.',
  script: 'cat /proc/self/mounts',
  reads: [{ kind: 'mount' }],
  parse: ({ stdout }) => parseMountTable(stdout),
})
