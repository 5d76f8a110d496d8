import type { WriteHost } from './host.ts'
import { parseJson, rowsIn, textIn } from './json-text.ts'
import { TaskFailure } from './module.ts'
import type { ProxmoxVmArgs } from './proxmox-vm-args.ts'
import { raw } from './quote.ts'

/**
 * Before a machine is made: that the host has the storages it is to lie on. Proxmox makes a machine first and its disks
 * later, so a wrong name would leave an empty one behind. Throws TaskFailure, and HostError when Proxmox cannot be asked.
 */
export async function requireStorages(args: ProxmoxVmArgs, host: Pick<WriteHost, 'run'>): Promise<void> {
  const { stdout } = await host.run(raw('pvesh get /storage --output-format json'))
  const rows = rowsIn(parseJson(stdout))
  const contents = new Map(rows.map((row) => [textIn(row['storage']) ?? '', textIn(row['content'])]))
  for (const storage of wantedStorages(args)) {
    const problem = problemOf(storage, contents)
    if (problem !== undefined) throw new TaskFailure(`VM ${args.vmid} cannot be made: ${problem}`)
  }
}

const wantedStorages = ({ clone, disks = {}, cloud_init: cloud }: ProxmoxVmArgs): ReadonlySet<string> => {
  const named = [clone?.storage, ...Object.values(disks).map(({ storage }) => storage), cloud?.storage]
  return new Set(named.filter((name) => name !== undefined))
}

/** `contents`: what each storage takes, by its name; undefined where Proxmox does not say. */
function problemOf(storage: string, contents: ReadonlyMap<string, string | undefined>): string | undefined {
  if (!contents.has(storage)) {
    const others = [...contents.keys()].toSorted().join(', ') || 'none'
    return `there is no storage ${storage}; the host has ${others}. Correct the name, or define it first.`
  }
  const content = contents.get(storage)
  return content === undefined || content.split(',').includes('images')
    ? undefined
    : `the storage ${storage} takes no disks, only ${content}. Name another one, or add images to its content.`
}
