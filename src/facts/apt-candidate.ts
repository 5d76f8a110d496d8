import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'
import { sections } from '#sdk/sections.ts'

export interface AptVersion {
  readonly version: string
  /** Where it comes from: `http://mirror.example.org/debian bookworm/main amd64 Packages`. */
  readonly sources: readonly string[]
}

export interface AptCandidate {
  /** The version that apt would install; empty when it knows none. */
  readonly candidate: string
  /** Newest first. */
  readonly versions: readonly AptVersion[]
}

/** The key that asks for a package, seen as with `apt-get -t release` when a release is given. */
export const candidateKey = (name: string, release = ''): string => `${release}|${name}`

const releaseOf = (key: string): string => key.slice(0, key.indexOf('|'))
const nameOf = (key: string): string => key.slice(key.indexOf('|') + 1)

/** What `apt-get install` would choose, from apt's lists as they are. One process for all names of a release. */
export default defineKeyedFact<AptCandidate>({
  name: 'apt-candidate',
  summary: 'Versions of packages that apt could install.',
  script(keys) {
    const releases = [...new Set(keys.map(releaseOf))]
    const commands = releases.map((release) => {
      const names = keys.filter((key) => releaseOf(key) === release).map(nameOf)
      const option = release === '' ? '' : `-t ${quote(release)} `
      return `printf '\\036%s\\n' ${quote(release)}; apt-cache policy ${option}-- ${names.map(quote).join(' ')}`
    })
    return ['LC_ALL=C; export LC_ALL', ...commands, ':'].join('\n')
  },
  reads: () => [
    { kind: 'package' },
    { kind: 'path', name: '/etc/apt' },
    { kind: 'path', name: '/var/lib/apt/lists' },
  ],
  parse({ stdout }, keys) {
    const parts = sections(stdout)
    const blocks = new Map([...parts].map(([release, text]) => [release, blocksOf(text)]))
    return keys.map((key) => {
      const known = blocks.get(releaseOf(key))
      const name = nameOf(key)
      return candidateOf(known?.get(name) ?? known?.get(name.split(':')[0] ?? '') ?? '')
    })
  },
})

function blocksOf(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(/^(?=\S+:$)/m).map((block) => [block.slice(0, block.indexOf(':\n')), block]))
}

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
