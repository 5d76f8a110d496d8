import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'
import { parseZfsProperties, type ZfsProperties } from '#sdk/zfs-property.ts'
import { type PoolStatus, parsePoolStatus } from '#sdk/zpool-status.ts'

/** A ZFS pool, or its absence. */
export interface Zpool {
  readonly name: string
  /** The commands of ZFS are not there. */
  readonly unsupported: boolean
  readonly exists: boolean
  /** Not in use, but found on devices. */
  readonly importable: boolean
  readonly properties: ZfsProperties
  readonly status: PoolStatus
  /** The pools that there are. */
  readonly others: readonly string[]
}

/** Pools by name. Devices are searched for pools to import only when a pool is missing. */
export default defineKeyedFact<Zpool>({
  name: 'zpool',
  summary: 'ZFS pools with their properties, layout and health.',
  script: (names) => `command -v zpool >/dev/null 2>&1 || { echo unsupported; exit 0; }
zpool list -H -o name 2>/dev/null | grep -v '^no pools available$'
missing=
for p in ${names.map(quote).join(' ')}; do
  printf '\\036'
  zpool list -H -o name "$p" >/dev/null 2>&1 || { missing=1; continue; }
  zpool get -Hp -o property,value,source all "$p"
  printf '\\035'
  zpool status -LP "$p" 2>/dev/null || zpool status "$p"
done
printf '\\036'
[ -z "$missing" ] || zpool import 2>/dev/null
:`,
  reads: () => [{ kind: 'storage' }],
  parse({ stdout }, names) {
    const [head = '', ...parts] = stdout.split('\x1e')
    const unsupported = head.trim() === 'unsupported'
    const importable = new Set([...(parts.at(-1) ?? '').matchAll(/^ *pool: (\S+)/gm)].map(([, pool]) => pool))
    const others = unsupported ? [] : head.split('\n').filter((line) => line !== '')
    return names.map((name, i) => {
      const [properties = '', status = ''] = (parts[i] ?? '').split('\x1d')
      return {
        name,
        unsupported,
        exists: status !== '',
        importable: importable.has(name),
        properties: parseZfsProperties(properties),
        status: parsePoolStatus(status),
        others,
      }
    })
  },
})
