import { defineFact } from '#sdk/fact.ts'
import { sections } from '#sdk/sections.ts'

export interface DnfCheck {
  /** Names of installed packages with newer versions. */
  readonly upgrades: ReadonlySet<string>
  /** Ids and names of installed groups, in lower case. */
  readonly groups: ReadonlySet<string>
}

/** `check-update` ends with 100 when there are some. `-C` would miss what the repositories have got since. */
const script = String.raw`LC_ALL=C; export LC_ALL
tool=$(command -v dnf5 || command -v dnf || command -v yum)
printf '\036updates\n'; "$tool" -q check-update
printf '\036groups\n'; "$tool" -q group list --installed --hidden 2>/dev/null || "$tool" -q group list --installed --ids 2>/dev/null
:`

export default defineFact<DnfCheck>({
  name: 'dnf-check',
  summary: 'RPM packages with newer versions.',
  script,
  reads: [{ kind: 'package' }, { kind: 'path', name: '/etc/yum.repos.d' }],
  parse({ stdout }) {
    const parts = sections(stdout)
    const [updates = ''] = (parts.get('updates') ?? '').split(/^Obsoleting Packages/m)
    const names = updates.split('\n').flatMap((line) => {
      const [, name] = /^(\S+)\.[a-z0-9_]+\s+\S+\s+\S+\s*$/.exec(line) ?? []
      return name === undefined ? [] : [name]
    })
    const groups = (parts.get('groups') ?? '').split('\n').flatMap(groupWords)
    return { upgrades: new Set(names), groups: new Set(groups) }
  },
})

/** dnf: `   Development Tools (development)`; dnf5: `development-tools   Development Tools   yes`. */
function groupWords(line: string): readonly string[] {
  const [, name, id] = /^\s+(.+?)(?: \(([^)]+)\))?\s*$/.exec(line) ?? []
  if (name !== undefined) return [name, id ?? name].map((word) => word.toLowerCase())
  const [, first, title] = /^(\S+)\s{2,}(.+?)\s{2,}yes\s*$/.exec(line) ?? []
  return first === undefined ? [] : [first, title ?? first].map((word) => word.toLowerCase())
}
