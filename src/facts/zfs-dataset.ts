import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'
import { linesOf } from '#sdk/sections.ts'
import { parseZfsProperties, type ZfsProperties } from '#sdk/zfs-property.ts'

/** A ZFS file system or volume, or its absence. */
export interface ZfsDataset {
  readonly name: string
  readonly unsupported: boolean
  readonly exists: boolean
  readonly properties: ZfsProperties
  /** Names of what lies below it, snapshots included. */
  readonly children: readonly string[]
  /** The pools that there are. */
  readonly pools: readonly string[]
}

/** Datasets by name. */
export default defineKeyedFact<ZfsDataset>({
  name: 'zfs-dataset',
  summary: 'ZFS file systems and volumes with their properties.',
  script: (names) => `command -v zfs >/dev/null 2>&1 || { echo unsupported; exit 0; }
zpool list -H -o name 2>/dev/null | grep -v '^no pools available$'
for d in ${names.map(quote).join(' ')}; do
  printf '\\036'
  zfs list -H -o name -t filesystem,volume "$d" >/dev/null 2>&1 || continue
  zfs get -Hp -o property,value,source all "$d"
  printf '\\035'
  zfs list -H -o name -t all -r "$d"
done
:`,
  reads: () => [{ kind: 'storage' }],
  parse({ stdout }, names) {
    const [head = '', ...parts] = stdout.split('\x1e')
    const unsupported = head.trim() === 'unsupported'
    return names.map((name, i) => {
      const [properties = '', children = ''] = (parts[i] ?? '').split('\x1d')
      return {
        name,
        unsupported,
        exists: children !== '',
        properties: parseZfsProperties(properties),
        children: linesOf(children).filter((child) => child !== name),
        pools: unsupported ? [] : linesOf(head),
      }
    })
  },
})
