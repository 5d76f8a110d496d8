import type { ApiCall, ApiMethod } from './api.ts'
import { die } from './api-error.ts'
import { removeBackup } from './backup-files.ts'
import { integer, text } from './parameters.ts'
import { markBackups, parseKeep } from './prune.ts'
import { listVolumes, type StoredVolume, storageNamed } from './volumes.ts'

/** pve-storage, PVE/API2/Storage/PruneBackups.pm. */
export const pruneMethods: readonly ApiMethod[] = [
  {
    verb: 'get',
    path: '/nodes/{node}/storage/{storage}/prunebackups',
    parameters: { 'prune-backups': text, type: text, vmid: integer() },
    run: pruneDryRun,
  },
]

function pruneDryRun(call: ApiCall): unknown {
  const { storage = '', vmid } = call.values
  storageNamed(call, storage)
  const keep = keepOf(call, storage) ?? new Map()
  const backups = backupsOf(call, storage, vmid)
  const groups = Map.groupBy(backups, (one) => one.vmid)
  return [...groups.values()].flatMap((group) => {
    const marks = markBackups(prunable(group), keep)
    return group.map((one) => ({
      volid: one.volid,
      vmid: one.vmid,
      ctime: one.at,
      type: 'qemu',
      mark: marks.get(one.volid),
    }))
  })
}

const backupsOf = (call: ApiCall, storage: string, vmid?: string): StoredVolume[] =>
  listVolumes(call, storage).filter(
    (one) => one.content === 'backup' && (vmid === undefined || one.vmid === Number(vmid)),
  )

const prunable = (volumes: readonly StoredVolume[]) =>
  volumes.map(({ volid, at = 0, isProtected = false }) => ({ volid, at, isProtected }))

/** What vzdump removes after a backup: PVE/VZDump.pm. */
export async function prune(
  call: ApiCall,
  { storage, vmid }: { readonly storage: string; readonly vmid: string },
): Promise<void> {
  const keep = keepOf(call, storage)
  if (!keep || call.values['remove'] === '0') return
  for (const [volid, mark] of markBackups(prunable(backupsOf(call, storage, vmid)), keep)) {
    if (mark !== 'remove') continue
    call.log(`INFO: removing backup '${volid}'`)
    await removeBackup(call, volid)
  }
}

function keepOf(call: ApiCall, storage: string): ReadonlyMap<string, number> | undefined {
  const given = call.values['prune-backups'] ?? call.pve.storages[storage]?.['prune-backups']
  if (given === undefined) return undefined
  return (
    parseKeep(given) ??
    die('400 Parameter verification failed.\nprune-backups: invalid format - format error')
  )
}
