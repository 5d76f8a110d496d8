import { defineFact } from '#sdk/fact.ts'

/**
 * The database that is in use decides, since a Fedora host may well have `apt-get` installed and a Debian
 * host `rpm`. Then the first tool that is there.
 */
const script = `if [ -s /var/lib/dpkg/status ] && command -v apt-get >/dev/null 2>&1; then echo apt; exit; fi
for tool in dnf5 dnf yum apk zypper pacman apt-get; do
  if command -v "$tool" >/dev/null 2>&1; then
    case $tool in dnf5) echo dnf ;; apt-get) echo apt ;; *) echo "$tool" ;; esac
    exit
  fi
done
echo unknown`

/** `apt`, `dnf`, `yum`, `apk`, `zypper`, `pacman` or `unknown`. */
export default defineFact<string>({
  name: 'package_manager',
  summary: 'The package manager of the distribution.',
  script,
  reads: [{ kind: 'platform' }],
  parse: ({ stdout }) => stdout.trim(),
})
