import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

export interface RpmPackage {
  readonly name: string
  /** `version-release`. */
  readonly version: string
  readonly arch: string
}

/**
 * Installed packages that bear or provide a name, as dnf understands names: `nginx`, `nginx-1.24.0`,
 * `nginx.x86_64`, `/usr/bin/vi`, `perl(JSON)`, the path or URL of a package file. Empty when none does.
 */
export default defineKeyedFact<readonly RpmPackage[]>({
  name: 'rpm-packages',
  summary: 'State of RPM packages.',
  script: (names) => `LC_ALL=C; export LC_ALL
for name in ${names.map(quote).join(' ')}; do
  printf '\\036'
  case $name in *.rpm)
    name=$(rpm -qp --nosignature --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' "$name" 2>/dev/null) || continue
  esac
  rpm -q --qf '%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\n' -- "$name" 2>/dev/null ||
    rpm -q --whatprovides --qf '%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\n' -- "$name" 2>/dev/null
done
:`,
  reads: () => [{ kind: 'package' }],
  parse({ stdout }, names) {
    const parts = stdout.split('\x1e').slice(1)
    return names.map((_name, i) => (parts[i] ?? '').split('\n').flatMap(packageOf))
  },
})

/** Messages ("no package provides …") go to stdout as well: they have no tabs. */
function packageOf(line: string): readonly RpmPackage[] {
  const [name, version, arch] = line.split('\t')
  if (name === undefined || version === undefined || arch === undefined) return []
  return [{ name, version, arch }]
}
