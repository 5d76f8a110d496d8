import { defineKeyedFact } from '#sdk/fact.ts'
import { raw, sh } from '#sdk/quote.ts'

export interface SimulatedStep {
  readonly package: string
  /** Empty for a package that is not installed. */
  readonly before: string
  /** Empty for a package that would go. */
  readonly after: string
}

export interface AptSimulation {
  readonly steps: readonly SimulatedStep[]
  /** Why apt could not say; empty when it could. */
  readonly error: string
}

/** The key that asks what `apt-get` would do with these words. */
export const simulationKey = (words: readonly string[]): string => JSON.stringify(words)

function wordsOf(key: string): readonly string[] {
  const words: unknown = JSON.parse(key)
  if (!Array.isArray(words)) throw new TypeError('A simulation is asked for with a list of words.')
  return words.map(String)
}

/** What an `apt-get` command line would install, upgrade and remove. `--simulate` takes no lock and needs no root. */
export default defineKeyedFact<AptSimulation>({
  name: 'apt-simulation',
  summary: 'What apt-get would do.',
  script: (keys) =>
    `LC_ALL=C DEBIAN_FRONTEND=noninteractive; export LC_ALL DEBIAN_FRONTEND\n${keys
      .map(
        (key) =>
          sh`printf '\\036'; ${raw(`apt-get --simulate -qq -y ${sh`${wordsOf(key)}`.text} 2>&1`)}`.text,
      )
      .join('\n')}\n:`,
  reads: () => [
    { kind: 'package' },
    { kind: 'path', name: '/etc/apt' },
    { kind: 'path', name: '/var/lib/apt/lists' },
    { kind: 'path', name: '/var/cache/apt/archives' },
  ],
  parse({ stdout }, keys) {
    const parts = stdout.split('\x1e').slice(1)
    return keys.map((_key, i) => {
      const lines = (parts[i] ?? '').split('\n')
      return {
        steps: lines.flatMap((line) => stepOf(line) ?? []),
        error: lines.filter((line) => line.startsWith('E: ')).join(' '),
      }
    })
  },
})

/** `Inst nginx [1.22.0-1] (1.22.1-9 Debian:12/stable [amd64])`, `Remv x [1.0]`, `Purg x [1.0]`, `Del x 1.0 [3 kB]`. */
function stepOf(line: string): SimulatedStep | undefined {
  const [, inst, old = '', version = ''] = /^Inst (\S+)(?: \[(\S+)\])? \((\S+)/.exec(line) ?? []
  if (inst !== undefined) return { package: inst, before: old, after: version }
  const [, gone, last = ''] = /^(?:Remv|Purg|Del) (\S+)(?: \[?([^\s\]]+)\]?)?/.exec(line) ?? []
  return gone === undefined ? undefined : { package: gone, before: last, after: '' }
}
