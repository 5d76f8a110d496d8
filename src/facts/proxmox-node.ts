import { defineFact } from '#sdk/fact.ts'
import { fieldsIn, parseJson, textIn } from '#sdk/json-text.ts'
import { needsProxmox, nodeName } from '#sdk/proxmox-node.ts'

/** What the machine has that guests can use. */
export interface ProxmoxNode {
  readonly unsupported: boolean
  readonly name: string
  /** Bytes. */
  readonly memory: number
  readonly cpus: number
  readonly cpuModel: string
  readonly cpuFlags: ReadonlySet<string>
}

/** Proxmox says it, and where it says nothing, the kernel does. */
export default defineFact<ProxmoxNode>({
  name: 'proxmox-node',
  summary: 'Memory and processors of a Proxmox host.',
  script: `${needsProxmox}
${nodeName}
echo "$node"; printf '\\036'
pvesh get "/nodes/$node/status" --output-format json 2>/dev/null; printf '\\036'
grep MemTotal /proc/meminfo; grep '^\\(processor\\|flags\\|model name\\)' /proc/cpuinfo
:`,
  reads: [{ kind: 'platform' }],
  parse({ stdout }) {
    const [name = '', json = '', kernel = ''] = stdout.split('\x1e')
    const status = fieldsIn(parseJson(json))
    const cpu = fieldsIn(status['cpuinfo'])
    const of = (field: string): string => new RegExp(`^${field}\\s*:\\s*(.*)$`, 'm').exec(kernel)?.[1] ?? ''
    const memory = Number(textIn(fieldsIn(status['memory'])['total']))
    return {
      unsupported: name.trim() === 'unsupported',
      name: name.trim(),
      memory: memory || Number.parseInt(of('MemTotal'), 10) * 1024 || 0,
      cpus: Number(textIn(cpu['cpus'])) || [...kernel.matchAll(/^processor/gm)].length,
      cpuModel: textIn(cpu['model']) ?? of('model name'),
      cpuFlags: new Set((textIn(cpu['flags']) ?? of('flags')).split(/\s+/)),
    }
  },
})
