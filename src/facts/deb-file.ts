import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

export interface DebFile {
  readonly package: string
  readonly version: string
  /** Empty when the package is not installed. */
  readonly installed: string
  /** The installed version is the same or a newer one. */
  readonly upToDate: boolean
  /** Why the file could not be read; empty when it could. */
  readonly error: string
}

/**
 * What a package file holds, by path or URL, beside what is installed. The fields stand at the beginning of
 * the file, so of a URL only that part is fetched.
 */
export default defineKeyedFact<DebFile>({
  name: 'deb-file',
  summary: 'Name and version of a package file.',
  script: (files) => `LC_ALL=C; export LC_ALL
fields() {
  case $1 in
    http://*|https://*|ftp://*)
      if command -v curl >/dev/null 2>&1; then curl -fsSL "$1"; else wget -qO- "$1"; fi | dpkg-deb -f - Package Version ;;
    *) dpkg-deb -f "$1" Package Version ;;
  esac
}
for file in ${files.map(quote).join(' ')}; do
  printf '\\036'
  said=$(fields "$file" 2>&1)
  name=$(printf '%s\\n' "$said" | sed -n 's/^Package: //p'); version=$(printf '%s\\n' "$said" | sed -n 's/^Version: //p')
  [ -n "$name" ] && [ -n "$version" ] || { printf 'error\\t%s\\n' "$said"; continue; }
  status=$(dpkg-query -W -f '\${db:Status-Status} \${Version}' "$name" 2>/dev/null)
  case $status in 'installed '*) now=\${status#* } ;; *) now= ;; esac
  newer=no; [ -z "$now" ] || ! dpkg --compare-versions "$now" ge "$version" || newer=yes
  printf 'ok\\t%s\\t%s\\t%s\\t%s\\n' "$name" "$version" "$now" "$newer"
done`,
  reads: (file) => [{ kind: 'package' }, { kind: 'path', name: file }],
  parse({ stdout }, files) {
    const parts = stdout.split('\x1e').slice(1)
    return files.map((file, i) => {
      const [word, name = '', version = '', installed = '', newer] = (parts[i] ?? '').trimEnd().split('\t')
      if (word !== 'ok')
        return { package: '', version: '', installed: '', upToDate: false, error: name || file }
      return { package: name, version, installed, upToDate: newer === 'yes', error: '' }
    })
  },
})
