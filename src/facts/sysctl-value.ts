import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

/**
 * Live values of kernel settings, with blanks as single spaces; undefined for one that the kernel does not
 * have. Keys may be written with dots or slashes, as sysctl(8) takes them.
 */
export default defineKeyedFact<string | undefined>({
  name: 'sysctl-value',
  summary: 'Live kernel settings.',
  script: (keys) => `for path in ${keys.map((key) => quote(sysctlPath(key))).join(' ')}; do
  printf '\\036'
  if [ -e "$path" ]; then printf '+'; cat "$path" 2>/dev/null; fi
done
:`,
  reads: (key) => [{ kind: 'sysctl', name: key }, { kind: 'kernel-module' }],
  parse({ stdout }, keys) {
    const parts = stdout.split('\x1e').slice(1)
    return keys.map((_key, i) => {
      const part = parts[i] ?? ''
      return part.startsWith('+')
        ? part
            .slice(1)
            .trim()
            .replaceAll(/[ \t]+/g, ' ')
        : undefined
    })
  },
})

/**
 * The file of a setting. The first separator decides which one it is (sysctl.d(5)): in
 * `net.ipv4.conf.eth0/100.x` the slash stands for a dot of the interface's name.
 */
export function sysctlPath(key: string): string {
  const slashed = /^[^./]*\//.test(key)
  const swapped = slashed ? key : key.replaceAll(/[./]/g, (char) => (char === '.' ? '/' : '.'))
  return `/proc/sys/${swapped}`
}
