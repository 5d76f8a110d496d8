import { defineKeyedFact } from '#sdk/fact.ts'
import { globTest } from '#sdk/glob-test.ts'
import { quote } from '#sdk/quote.ts'
import { linesOf, sections } from '#sdk/sections.ts'

export interface DebPackage {
  readonly installed: boolean
  /** Of the installed package; empty otherwise. */
  readonly version: string
  /** What dpkg knows: `installed`, `config-files`, `half-configured`, …; `not-installed` for unknown names. */
  readonly status: string
  /** What dpkg was told to want: `install`, `hold`, `deinstall`, `purge`, `unknown`. */
  readonly selection: string
  /** Installed packages that provide this name; only looked for when no package of that name is installed. */
  readonly providers: readonly string[]
}

const row = String.raw`${'$'}{Package}\t${'$'}{Architecture}\t${'$'}{Version}\t${'$'}{db:Status-Status}\t${'$'}{db:Status-Want}\n`
const provided = String.raw`${'$'}{db:Status-Status}\t${'$'}{Package}\t${'$'}{Provides}\n`

/**
 * What dpkg knows about packages, by name or `name:arch`. One process for all names; a second one lists what
 * the installed packages provide, when a name was not found installed.
 */
export default defineKeyedFact<DebPackage>({
  name: 'deb-packages',
  summary: 'State of Debian packages.',
  script(names) {
    return `LC_ALL=C; export LC_ALL
printf '\\036packages\\n'
all=yes
out=$(dpkg-query -W -f='${row}' -- ${names.map(quote).join(' ')} 2>/dev/null) || all=no
printf '%s\\n' "$out"
case $out in *not-installed*|*config-files*) all=no ;; esac
[ $all = yes ] && exit
printf '\\036provided\\n'
dpkg-query -W -f='${provided}' | sed -n '/\\t$/d; s/^installed\\t//p'`
  },
  reads: () => [{ kind: 'package' }],
  parse({ stdout }, names) {
    const parts = sections(stdout)
    const rows = linesOf(parts.get('packages') ?? '').map((line) => line.split('\t'))
    const providers = providersOf(parts.get('provided') ?? '')
    return names.map((name) => ({ ...stateOf(rows, name), providers: providers.get(bareName(name)) ?? [] }))
  },
})

const bareName = (name: string): string => name.split(':')[0] ?? name

/** Of several architectures, or of all that a pattern means, an installed one counts. */
function stateOf(rows: readonly (readonly string[])[], name: string): Omit<DebPackage, 'providers'> {
  const [bare = '', wantedArch] = name.split(':')
  const isMeant = nameTest(bare)
  const matching = rows
    .filter(([found = '', arch]) => isMeant(found) && (!wantedArch || arch === wantedArch || arch === 'all'))
    .map(([, , version = '', status = '', selection = '']) => ({ version, status, selection }))
  const best = matching.find(({ status }) => isInstalled(status)) ?? matching.find(hasTraces) ?? matching[0]
  if (!best) return { installed: false, version: '', status: 'not-installed', selection: 'unknown' }
  const installed = isInstalled(best.status)
  return { ...best, installed, version: installed ? best.version : '' }
}

const hasTraces = ({ status }: { status: string }): boolean => status !== 'not-installed'

function nameTest(name: string): (found: string) => boolean {
  if (!/[*?[]/.test(name)) return (found) => found === name
  return globTest(name)
}

/** Triggers that wait are dpkg's own business; the package works. */
const isInstalled = (status: string): boolean => /^(installed|triggers-(awaited|pending))$/.test(status)

function providersOf(text: string): ReadonlyMap<string, readonly string[]> {
  const providers = new Map<string, string[]>()
  for (const line of linesOf(text)) {
    const [owner = '', names = ''] = line.split('\t')
    for (const name of names.split(',').map((word) => word.trim().split(/[ :]/)[0] ?? '')) {
      providers.set(name, [...(providers.get(name) ?? []), owner])
    }
  }
  return providers
}
