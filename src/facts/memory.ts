import { defineFact } from '#sdk/fact.ts'

/** Whole mebibytes, as Ansible counts. */
export interface Memory {
  readonly total_mb: number
  readonly free_mb: number
  readonly available_mb: number
  readonly swap_total_mb: number
  readonly swap_free_mb: number
}

export default defineFact<Memory>({
  name: 'memory',
  summary: 'Memory and swap, in mebibytes.',
  script: 'cat /proc/meminfo',
  reads: [{ kind: 'platform' }, { kind: 'process' }, { kind: 'mount' }],
  parse({ stdout }) {
    const kilobytes = new Map(
      [...stdout.matchAll(/^(\w+):\s+(\d+) kB$/gm)].map(([, name, size]) => [name, Number(size)]),
    )
    const megabytes = (name: string): number => Math.floor((kilobytes.get(name) ?? 0) / 1024)
    return {
      total_mb: megabytes('MemTotal'),
      free_mb: megabytes('MemFree'),
      available_mb: megabytes('MemAvailable'),
      swap_total_mb: megabytes('SwapTotal'),
      swap_free_mb: megabytes('SwapFree'),
    }
  },
})
