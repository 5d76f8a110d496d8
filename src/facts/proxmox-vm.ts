import { defineKeyedFact } from '#sdk/fact.ts'
import { fieldsIn, isOn, parseJson, rowsIn, textIn } from '#sdk/json-text.ts'
import { needsProxmox, nodeName } from '#sdk/proxmox-node.ts'
import { quote } from '#sdk/quote.ts'

/** A virtual machine of Proxmox VE, or its absence. */
export interface ProxmoxVm {
  readonly vmid: number
  readonly unsupported: boolean
  /** Why Proxmox could not be asked; else empty. */
  readonly error: string
  readonly exists: boolean
  readonly name: string
  /** `running`, `stopped`. */
  readonly status: string
  /** What is being done with it: `backup`, `clone`; empty when nothing is. */
  readonly lock: string
  readonly template: boolean
  /** With changes that wait for the next start. */
  readonly config: ReadonlyMap<string, string>
  readonly digest: string
  /** Settings that wait for the next start. */
  readonly pending: readonly string[]
  /** Names of all virtual machines, by number. */
  readonly all: ReadonlyMap<number, string>
}

/**
 * Machines by number, as the node itself knows them: what /cluster/resources says is some seconds old, and of a
 * new machine nearly empty (extract_vm_stats in API2Tools.pm).
 */
export default defineKeyedFact<ProxmoxVm>({
  name: 'proxmox-vm',
  summary: 'Virtual machines of Proxmox VE with their settings.',
  script: (ids) => `${needsProxmox}
${nodeName}
pvesh get "/nodes/$node/qemu" --output-format json
for id in ${ids.map(quote).join(' ')}; do
  printf '\\036'
  pvesh get "/nodes/$node/qemu/$id/config" --output-format json 2>/dev/null || continue
  printf '\\035'
  pvesh get "/nodes/$node/qemu/$id/pending" --output-format json 2>/dev/null
done
:`,
  reads: () => [{ kind: 'proxmox' }],
  parse({ stdout, stderr }, ids) {
    const [head = '', ...parts] = stdout.split('\x1e')
    const unsupported = head.trim() === 'unsupported'
    const list = parseJson(head)
    const rows = rowsIn(list)
    const error = unsupported || Array.isArray(list) ? '' : stderr.trim() || 'it printed no list of machines'
    const all = new Map(rows.map((row) => [Number(textIn(row['vmid'])), textIn(row['name']) ?? '']))
    return ids.map((id, i) => {
      const [config = '', pending = ''] = (parts[i] ?? '').split('\x1d')
      const row = rows.find((one) => textIn(one['vmid']) === id) ?? {}
      return { vmid: Number(id), unsupported, error, all, ...vmOf(row, config, pending) }
    })
  },
})

function vmOf(row: Readonly<Record<string, unknown>>, configText: string, pendingText: string) {
  const fields = fieldsIn(parseJson(configText))
  const config = new Map(Object.entries(fields).map(([key, value]) => [key, textIn(value) ?? '']))
  return {
    exists: config.size > 0,
    name: config.get('name') ?? textIn(row['name']) ?? '',
    status: textIn(row['status']) ?? 'stopped',
    lock: config.get('lock') ?? textIn(row['lock']) ?? '',
    template: isOn(fields['template']) || isOn(row['template']),
    config,
    digest: config.get('digest') ?? '',
    pending: rowsIn(parseJson(pendingText))
      .filter((entry) => entry['pending'] !== undefined || entry['delete'] !== undefined)
      .map((entry) => textIn(entry['key']) ?? ''),
  }
}
