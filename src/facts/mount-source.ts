import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

/**
 * The device that the source of a mount means: links followed, `UUID=…` and `LABEL=…` looked up. Sources that
 * are no devices, and devices that are not there, stay as they are.
 */
export default defineKeyedFact<string>({
  name: 'mount-source',
  summary: 'Devices behind the sources of mounts.',
  script: (sources) => `PATH=$PATH:/sbin:/usr/sbin
for source in ${sources.map(quote).join(' ')}; do
  case $source in
    UUID=*|LABEL=*|PARTUUID=*|PARTLABEL=*) found=$(findfs "$source" 2>/dev/null) && found=$(readlink -f "$found") ;;
    /dev/*) found=$(readlink -f "$source") ;;
    *) found= ;;
  esac
  printf '%s\\n' "\${found:-$source}"
done`,
  reads: () => [{ kind: 'mount' }, { kind: 'path', name: '/dev' }],
  parse: ({ stdout }, sources) => {
    const lines = stdout.split('\n')
    return sources.map((source, i) => lines[i] ?? source)
  },
})
