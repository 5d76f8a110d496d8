import { defineFact } from '#sdk/fact.ts'

/** Seconds since the epoch. */
export default defineFact<number>({
  name: 'boot_time',
  summary: 'When the kernel started.',
  script: "sed -n 's/^btime //p' /proc/stat",
  reads: [{ kind: 'platform' }],
  parse: ({ stdout }) => Number(stdout.trim()),
})
