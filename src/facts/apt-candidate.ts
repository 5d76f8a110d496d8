import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

export interface AptVersion {
  readonly version: string
  /** Where it comes from: `http://deb.debian.org/debian bookworm/main amd64 Packages`. */
  readonly sources: readonly string[]
}

export interface AptCandidate {
  /** The version that apt would install; empty when it knows none. */
  readonly candidate: string
  /** Newest first. */
  readonly versions: readonly AptVersion[]
}

/** What `apt-get install` would choose, from apt's lists as they are. One process for all names. */
export default defineKeyedFact<AptCandidate>({
  name: 'apt-candidate',
  summary: 'Versions of packages that apt could install.',
  script: (names) => `LC_ALL=C apt-cache policy -- ${names.map(quote).join(' ')}`,
  reads: () => [
    { kind: 'package' },
    { kind: 'path', name: '/etc/apt' },
    { kind: 'path', name: '/var/lib/apt/lists' },
  ],
  parse({ stdout }, names) {
    const blocks = new Map(
      stdout.split(/^(?=\S+:$)/m).map((block) => [block.slice(0, block.indexOf(':\n')), block]),
    )
    return names.map((name) => candidateOf(blocks.get(name) ?? blocks.get(name.split(':')[0] ?? '') ?? ''))
  },
})

/** `  Candidate: 1.2-3`, then ` *** 1.2-3 500` or `     1.2-2 500`, each with its sources indented below. */
function candidateOf(block: string): AptCandidate {
  const candidate = /^ {2}Candidate: (.*)$/m.exec(block)?.[1] ?? '(none)'
  const versions: { version: string; sources: string[] }[] = []
  const [, table = ''] = block.split('Version table:\n')
  for (const line of table.split('\n')) {
    const [, version] = /^ (?:\*\*\*|\s{3}) (\S+)/.exec(line) ?? []
    const [, source] = /^ {8,}-?\d+ (.+)$/.exec(line) ?? []
    if (version !== undefined) versions.push({ version, sources: [] })
    else if (source !== undefined) versions.at(-1)?.sources.push(source)
  }
  return { candidate: candidate === '(none)' ? '' : candidate, versions }
}
