import { mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ApiCall } from './api.ts'
import { die } from './api-error.ts'
import { isPbs, readSnapshot, removeSnapshot, snapshotFile, writeSnapshot } from './pbs-backups.ts'
import type { Vm } from './pve-state.ts'
import { configText, disksOf } from './vm-config.ts'
import { writeVma } from './vma.ts'
import { storageNamed, volumeBytes } from './volumes.ts'

export interface Guest {
  readonly vmid: string
  readonly vm: Vm
  readonly storage: string
}

/** Written as `….vma.dat` first: the final name means that vzdump has finished. */
export async function writeArchive(call: ApiCall, { vmid, vm, storage }: Guest): Promise<string> {
  const { host, pve, values } = call
  const notes = notesFor(call, vmid, vm)
  if (isPbs(call, storage)) return writeSnapshot(call, { vmid, storage, notes, archive: archiveOf(call, vm) })
  const settings = storageNamed(call, storage)
  const folder = host.path(join(settings['path'] ?? '', 'dump'))
  if (settings['is_mountpoint'] === '1' && !(await isMountPoint(host.path(settings['path'] ?? '')))) {
    die(
      `unable to activate storage '${storage}' - directory is expected to be a mount point but is not mounted: '${settings['path']}'`,
    )
  }
  await mkdir(folder, { recursive: true })
  const base = `vzdump-qemu-${vmid}-${stamp(new Date(host.now))}`
  const volid = `${storage}:backup/${base}.vma.zst`
  if (pve.volumes[volid]) die(`file '${join(folder, base)}.vma.zst' already exists`)
  const archive = archiveOf(call, vm)
  const { bavail, bsize } = await statfs(folder)
  if (archive.length > bavail * bsize) die(`vma_queue_write: write error - No space left on device`)
  await writeFile(join(folder, `${base}.vma.dat`), archive)
  await rename(join(folder, `${base}.vma.dat`), join(folder, `${base}.vma.zst`))
  await writeFile(join(folder, `${base}.log`), `INFO: Finished Backup of VM ${vmid} (00:00:00)\n`)
  if (notes !== '') await writeFile(join(folder, `${base}.vma.zst.notes`), notes)
  pve.volumes[volid] = {
    ...{
      bytes: archive.length,
      format: 'vma.zst',
      content: 'backup',
      vmid: Number(vmid),
      at: Math.floor(host.now / 1000),
    },
    ...(notes !== '' && { notes }),
    ...(values['protected'] === '1' && { isProtected: true }),
  }
  call.log(`INFO: archive file size: ${archive.length}B`)
  return volid
}

const notesFor = ({ values, node }: ApiCall, vmid: string, vm: Vm): string =>
  (values['notes-template'] ?? '')
    .replaceAll('{{guestname}}', vm.config['name'] ?? '')
    .replaceAll('{{vmid}}', vmid)
    .replaceAll('{{node}}', node)

/** Unused disks, drives for cloud-init and what says `backup=0` stay out. PVE/VZDump/QemuServer.pm. */
function archiveOf(call: ApiCall, vm: Vm): Buffer {
  const devices = disksOf(vm.config)
    .filter(
      ([key, id]) =>
        !/^unused/.test(key) && !id.includes('cloudinit') && !/backup=0/.test(vm.config[key] ?? ''),
    )
    .map(([key, id]) => ({ name: `drive-${key}`, bytes: volumeBytes(call, id) ?? 0 }))
  const config = configText({ ...vm, snapshots: {}, pending: {}, doomed: [] })
  return writeVma({ config, devices }, Math.floor(call.host.now / 1000))
}

/** Another file system than its parent's. */
async function isMountPoint(folder: string): Promise<boolean> {
  const [own, above] = await Promise.all(
    [folder, dirname(folder)].map((path) => stat(path).catch(() => undefined)),
  )
  return own !== undefined && own.dev !== above?.dev
}

/** Local time, as PVE/VZDump.pm writes it. */
function stamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('_')
  return `${day}-${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join('_')}`
}

/** The bytes of a backup, by its volume or its path. */
export function readBackup(call: ApiCall, archive: string): Promise<Buffer> {
  const snapshot = snapshotFile(call, archive)
  if (snapshot !== undefined) return readSnapshot(call, snapshot, archive)
  const { pve, host } = call
  const [storage = '', name] = archive.split(':backup/')
  const path = name === undefined ? archive : join(pve.storages[storage]?.['path'] ?? '', 'dump', name)
  return readFile(host.path(path)).catch(() => die(`unable to find file '${path}'`))
}

export async function removeBackup(call: ApiCall, volid: string): Promise<void> {
  const snapshot = snapshotFile(call, volid)
  if (snapshot !== undefined) {
    await removeSnapshot(call, snapshot)
    delete call.pve.volumes[volid]
    return
  }
  const [storage = '', name = ''] = volid.split(':backup/')
  const file = call.host.path(join(call.pve.storages[storage]?.['path'] ?? '', 'dump', name))
  for (const one of [file, `${file}.notes`, file.replace(/\.vma\.zst$/, '.log')])
    await rm(one, { force: true })
  delete call.pve.volumes[volid]
}
