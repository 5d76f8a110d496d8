import { defineFact } from '#sdk/fact.ts'
import { parseJson, rowsIn, textIn } from '#sdk/json-text.ts'
import { needsProxmox } from '#sdk/proxmox-node.ts'

export interface ProxmoxStorages {
  readonly unsupported: boolean
  /** Why Proxmox could not be asked; else empty. */
  readonly error: string
  /** Settings by name, of each definition. */
  readonly storages: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** What `zfspool` can use; undefined where there is no ZFS. */
  readonly datasets: readonly string[] | undefined
  /** What `lvmthin` can use, as `group/pool`; undefined where there is no LVM. */
  readonly thinPools: readonly string[] | undefined
}

/** Definitions of storages, and what there is to define. */
export default defineFact<ProxmoxStorages>({
  name: 'proxmox-storage',
  summary: 'Storages of Proxmox VE.',
  script: `${needsProxmox}
pvesh get /storage --output-format json
printf '\\036'
command -v zfs >/dev/null 2>&1 && { echo +; zfs list -H -o name -t filesystem 2>/dev/null; }
printf '\\036'
command -v lvs >/dev/null 2>&1 && { echo +; lvs --noheadings --separator / -o vg_name,lv_name -S 'lv_attr=~^t' 2>/dev/null; }
:`,
  reads: [{ kind: 'proxmox' }, { kind: 'storage' }],
  parse({ stdout, stderr }) {
    const [head = '', zfs = '', lvm = ''] = stdout.split('\x1e')
    const unsupported = head.trim() === 'unsupported'
    const list = parseJson(head)
    const settings = rowsIn(list).map((row) => {
      const fields = Object.entries(row).flatMap(([key, value]) => {
        const text = textIn(value)
        return text === undefined ? [] : [[key, text] as const]
      })
      return [textIn(row['storage']) ?? '', new Map(fields)] as const
    })
    return {
      unsupported,
      error: unsupported || Array.isArray(list) ? '' : stderr.trim() || 'it printed no list of storages',
      storages: new Map(settings),
      datasets: listed(zfs),
      thinPools: listed(lvm),
    }
  },
})

function listed(output: string): readonly string[] | undefined {
  const [mark, ...lines] = output.trim().split('\n')
  return mark === '+' ? lines.map((line) => line.trim()).filter((line) => line !== '') : undefined
}
