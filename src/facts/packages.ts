import { defineFact } from '#sdk/fact.ts'
import { linesOf } from '#sdk/sections.ts'

export interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly arch: string
  readonly source: 'apt' | 'rpm' | 'apk' | 'pacman'
}

/** Installed packages by name; more than one entry where several versions or architectures are installed. */
export type Packages = Readonly<Record<string, readonly InstalledPackage[]>>

/** The first database that is in use. Alpine keeps its own as plain text: P name, V version, A architecture. */
const script = String.raw`if [ -s /var/lib/dpkg/status ] && command -v dpkg-query >/dev/null 2>&1; then
  dpkg-query -W -f 'apt\t${'$'}{Package}\t${'$'}{Version}\t${'$'}{Architecture}\t${'$'}{db:Status-Status}\n'
elif [ -s /lib/apk/db/installed ]; then
  awk -F: '$1=="P"{p=substr($0,3)} $1=="V"{v=substr($0,3)} $1=="A"{a=substr($0,3)}
    $0==""&&p!=""{printf "apk\t%s\t%s\t%s\n",p,v,a; p=""}' /lib/apk/db/installed
elif { [ -d /var/lib/rpm ] || [ -d /usr/lib/sysimage/rpm ]; } && command -v rpm >/dev/null 2>&1; then
  rpm -qa --qf 'rpm\t%{NAME}\t%{VERSION}-%{RELEASE}\t%{ARCH}\n'
elif command -v pacman >/dev/null 2>&1; then
  pacman -Q | sed 's/^\([^ ]*\) \(.*\)/pacman	\1	\2	/'
fi`

export default defineFact<Packages>({
  name: 'packages',
  summary: 'All installed packages, by name.',
  script,
  reads: [{ kind: 'package' }],
  parse({ stdout }) {
    const packages = linesOf(stdout).flatMap(packageOf)
    return Object.groupBy(packages, ({ name }) => name) as Packages
  },
})

function packageOf(line: string): readonly InstalledPackage[] {
  const [source, name = '', version = '', arch = '', status = 'installed'] = line.split('\t')
  if (status !== 'installed') return []
  if (source !== 'apt' && source !== 'rpm' && source !== 'apk' && source !== 'pacman') return []
  return [{ name, version, arch, source }]
}
