import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ApiCall } from './api.ts'
import { die } from './api-error.ts'
import type { Settings, Volume } from './pve-state.ts'

/**
 * Backups on a Proxmox Backup Server, volumes `STORAGE:backup/vm/ID/TIME` of a storage of type pbs: pve-storage,
 * PVE/Storage/PBSPlugin.pm. The server's datastore is a folder of this host. Its chunks are not stood in for: each
 * backup is an archive as those of a folder are.
 */
export const isPbs = ({ pve }: Pick<ApiCall, 'pve'>, storage: string): boolean =>
  pve.storages[storage]?.['type'] === 'pbs'

/** Where a backup lies; for what is no such volume, undefined. */
export function snapshotFile({ pve }: Pick<ApiCall, 'pve'>, volid: string): string | undefined {
  const [storage = '', name] = volid.split(':backup/')
  const settings = pve.storages[storage]
  if (settings?.['type'] !== 'pbs' || name === undefined) return undefined
  return join(datastoreFolder(settings), `${name}.vma.zst`)
}

const datastoreFolder = ({ server = '', datastore = '', namespace = '' }: Settings): string =>
  join('/var/lib/tsplay-lab/pbs', server, datastore, namespace)

interface Snapshot {
  readonly vmid: string
  readonly storage: string
  readonly archive: Buffer
  readonly notes: string
}

/** Writes a backup and gives its volume. Times are UTC and have seconds: two within one are refused by the server. */
export async function writeSnapshot(
  call: ApiCall,
  { vmid, storage, archive, notes }: Snapshot,
): Promise<string> {
  const { host, pve, values } = call
  const at = Math.floor(host.now / 1000)
  const time = `${new Date(at * 1000).toISOString().slice(0, 19)}Z`
  const volid = `${storage}:backup/vm/${vmid}/${time}`
  if (pve.volumes[volid]) die(`backup timestamp is older than last backup.`)
  const file = host.path(snapshotFile(call, volid) ?? '')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, archive)
  pve.volumes[volid] = {
    ...{ bytes: archive.length, format: 'pbs-vm', content: 'backup', vmid: Number(vmid), at },
    ...(notes !== '' && { notes }),
    ...(values['protected'] === '1' && { isProtected: true }),
  } satisfies Volume
  return volid
}

export async function readSnapshot({ host }: ApiCall, file: string, volid: string): Promise<Buffer> {
  return readFile(host.path(file)).catch(() => die(`volume '${volid}' does not exist`))
}

export const removeSnapshot = ({ host }: ApiCall, file: string): Promise<void> =>
  rm(host.path(file), { force: true })
