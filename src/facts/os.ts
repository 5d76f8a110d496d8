import { defineFact, type FactOutput } from '#sdk/fact.ts'
import { sections } from '#sdk/sections.ts'

export interface Os {
  /** The `ID` of os-release: `debian`, `alpine`. */
  readonly id: string
  /** As Ansible names it: `Debian`, `RedHat`, `Alpine`. */
  readonly distribution: string
  /** As Ansible names it: `Debian`, `RedHat`, `Suse`, `Alpine`, `Archlinux`. */
  readonly family: string
  /** `12.11`; where only a major version exists, that: `41`. */
  readonly version: string
  /** Text, as in Ansible: `12`. */
  readonly major: string
  /** `bookworm`; empty where releases have no name. */
  readonly codename: string
  /** `Debian GNU/Linux 12 (bookworm)`. */
  readonly pretty_name: string
  /** `6.1.0-37-amd64`. */
  readonly kernel: string
  readonly system: string
}

/** [distribution, family] by the ID of os-release. */
const names: Readonly<Record<string, readonly [distribution: string, family: string]>> = {
  almalinux: ['AlmaLinux', 'RedHat'],
  alpine: ['Alpine', 'Alpine'],
  amzn: ['Amazon', 'RedHat'],
  arch: ['Archlinux', 'Archlinux'],
  centos: ['CentOS', 'RedHat'],
  debian: ['Debian', 'Debian'],
  devuan: ['Devuan', 'Debian'],
  fedora: ['Fedora', 'RedHat'],
  gentoo: ['Gentoo', 'Gentoo'],
  kali: ['Kali', 'Debian'],
  linuxmint: ['Linux Mint', 'Debian'],
  manjaro: ['Manjaro', 'Archlinux'],
  ol: ['OracleLinux', 'RedHat'],
  'opensuse-leap': ['openSUSE Leap', 'Suse'],
  'opensuse-tumbleweed': ['openSUSE Tumbleweed', 'Suse'],
  pop: ['Pop!_OS', 'Debian'],
  raspbian: ['Debian', 'Debian'],
  rhel: ['RedHat', 'RedHat'],
  rocky: ['Rocky', 'RedHat'],
  sled: ['SLED', 'Suse'],
  sles: ['SLES', 'Suse'],
  ubuntu: ['Ubuntu', 'Debian'],
  void: ['Void', 'Void'],
}

const script = String.raw`for f in /etc/os-release /usr/lib/os-release; do
  if [ -r "$f" ]; then printf '\036os-release\n'; cat "$f"; break; fi
done
if [ -r /etc/debian_version ]; then printf '\036debian_version\n'; cat /etc/debian_version; fi
printf '\036kernel\n'; uname -r
printf '\036system\n'; uname -s`

export default defineFact<Os>({
  name: 'os',
  summary: 'Distribution, family, version and kernel.',
  script,
  reads: [{ kind: 'path', name: '/etc/os-release' }],
  parse({ stdout }: FactOutput) {
    const parts = sections(stdout)
    const release = parseOsRelease(parts.get('os-release') ?? '')
    const id = release.get('ID') ?? 'unknown'
    const [distribution, family] = namesOf(id, release)
    const version = versionOf(release, parts.get('debian_version')?.trim())
    return {
      id,
      distribution,
      family,
      version,
      major: version.split('.')[0] ?? '',
      codename: codenameOf(release),
      pretty_name: release.get('PRETTY_NAME') ?? distribution,
      kernel: parts.get('kernel')?.trim() ?? '',
      system: parts.get('system')?.trim() ?? '',
    }
  },
})

/** See os-release(5): shell assignments without expansion. */
function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z0-9_]+)=(.*)$/.exec(line.trim()) ?? []
    if (key !== undefined) fields.set(key, unquoted(value ?? ''))
  }
  return fields
}

function unquoted(word: string): string {
  if (/^'.*'$/.test(word)) return word.slice(1, -1)
  const bare = /^".*"$/.test(word) ? word.slice(1, -1) : word
  return bare.replaceAll(/\\(["$`\\'])/g, '$1')
}

function namesOf(id: string, release: ReadonlyMap<string, string>): readonly [string, string] {
  const known = names[id]
  if (known) return known
  const name = release.get('NAME') ?? id
  const relative = (release.get('ID_LIKE') ?? '').split(' ').find((like) => names[like])
  return [name, (relative && names[relative]?.[1]) || name]
}

/** Only Debian keeps its point release elsewhere; testing has no number there, hence the pattern. */
function versionOf(release: ReadonlyMap<string, string>, debianVersion: string | undefined): string {
  const id = release.get('VERSION_ID') ?? ''
  if (release.get('ID') !== 'debian' || !debianVersion || !/^\d+(\.\d+)*$/.test(debianVersion)) return id
  return debianVersion
}

function codenameOf(release: ReadonlyMap<string, string>): string {
  const named = release.get('VERSION_CODENAME')
  if (named !== undefined) return named
  return /\(([^)]+)\)/.exec(release.get('VERSION') ?? '')?.[1] ?? ''
}
