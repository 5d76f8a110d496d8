import { mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ApiCall, ApiMethod } from './api.ts'
import { ApiError, die } from './api-error.ts'
import { flag, integer, oneOf, type Parameters, text, type Values } from './parameters.ts'
import { markBackups, parseKeep } from './prune.ts'
import type { Vm } from './pve-state.ts'
import { configText, disksOf, vmNumbered } from './vm-config.ts'
import { writeVma } from './vma.ts'
import { listVolumes, type StoredVolume, storageNamed, volumeBytes } from './volumes.ts'

/** vzdump(1), "OPTIONS". */
export const backupParameters: Parameters = {
  ...{
    vmid: text,
    all: flag,
    exclude: text,
    pool: text,
    storage: text,
    dumpdir: text,
    quiet: flag,
    remove: flag,
  },
  mode: oneOf('snapshot', 'suspend', 'stop'),
  compress: oneOf('0', '1', 'gzip', 'lzo', 'zstd'),
  ...{
    'prune-backups': text,
    protected: flag,
    'notes-template': text,
    bwlimit: integer(),
    ionice: integer(0, 8),
  },
  ...{
    lockwait: integer(),
    stopwait: integer(),
    zstd: integer(),
    mailto: text,
    'job-id': text,
    fleecing: text,
    script: text,
  },
}

const job: Parameters = {
  ...backupParameters,
  id: text,
  schedule: text,
  enabled: flag,
  comment: text,
  'repeat-missed': flag,
}

/** pve-manager, PVE/API2/{VZDump,Backup}.pm and PVE/VZDump.pm. */
export const backupMethods: readonly ApiMethod[] = [
  {
    verb: 'create',
    path: '/nodes/{node}/vzdump',
    parameters: backupParameters,
    task: ({ vmid = '' }) => ['vzdump', /^\d+$/.test(vmid) ? vmid : ''],
    run: backUp,
  },
  {
    verb: 'get',
    path: '/nodes/{node}/storage/{storage}/prunebackups',
    parameters: { 'prune-backups': text, type: text, vmid: integer() },
    run: pruneDryRun,
  },
  {
    verb: 'get',
    path: '/cluster/backup',
    parameters: {},
    run: ({ pve }) => Object.entries(pve.jobs).map(([id, one]) => ({ ...typed(one), id, type: 'vzdump' })),
  },
  { verb: 'create', path: '/cluster/backup', parameters: job, run: addJob },
  {
    verb: 'get',
    path: '/cluster/backup/{id}',
    parameters: {},
    run: (call) => ({ ...typed(jobNamed(call)), id: call.values['id'], type: 'vzdump' }),
  },
  { verb: 'set', path: '/cluster/backup/{id}', parameters: { ...job, delete: text }, run: changeJob },
  {
    verb: 'delete',
    path: '/cluster/backup/{id}',
    parameters: {},
    run: (call) => {
      jobNamed(call)
      delete call.pve.jobs[call.values['id'] ?? '']
      return null
    },
  },
  { verb: 'get', path: '/cluster/backup-info/not-backed-up', parameters: {}, run: notBackedUp },
]

const typed = (one: Values): object =>
  Object.fromEntries(
    Object.entries(one).map(([key, value]) => [
      key,
      /^(enabled|all|repeat-missed|protected|remove)$/.test(key) ? Number(value) : value,
    ]),
  )

const jobNamed = ({ pve, values: { id = '' } }: ApiCall) => pve.jobs[id] ?? die(`No such job '${id}'`)

function addJob({ pve, values }: ApiCall): null {
  const { id = `backup-${pve.count++}`, ...settings } = values
  if (pve.jobs[id]) die(`Job '${id}' already exists`)
  if (settings['schedule'] === undefined)
    die('400 Parameter verification failed.\nschedule: property is missing and it is not optional')
  pve.jobs[id] = { enabled: '1', ...settings }
  return null
}

function changeJob(call: ApiCall): null {
  const { id: _, delete: removed = '', ...settings } = call.values
  const found = jobNamed(call)
  Object.assign(found, settings)
  for (const key of removed.split(',').filter(Boolean)) delete found[key]
  return null
}

function notBackedUp({ pve }: ApiCall): unknown {
  const jobs = Object.values(pve.jobs)
  const isCovered = (vmid: string): boolean =>
    jobs.some((one) => (one['all'] === '1' ? !listed(one['exclude'], vmid) : listed(one['vmid'], vmid)))
  return Object.entries(pve.vms)
    .filter(([vmid]) => !isCovered(vmid))
    .map(([vmid, { config }]) => ({ vmid: Number(vmid), name: config['name'], type: 'qemu' }))
}

const listed = (list = '', vmid: string): boolean => list.split(/[,; ]+/).includes(vmid)

async function backUp(call: ApiCall): Promise<void> {
  const { values, pve, log } = call
  const storage = values['storage'] ?? 'local'
  requireStorage(call, storage)
  const ids =
    values['all'] === '1'
      ? Object.keys(pve.vms).filter((vmid) => !listed(values['exclude'], vmid))
      : (values['vmid'] ?? '').split(/[,; ]+/).filter(Boolean)
  if (ids.length === 0 && values['all'] !== '1')
    die('400 Parameter verification failed.\nvmid: property is missing and it is not optional')
  log(`INFO: starting new backup job: vzdump ${ids.join(' ')} --storage ${storage}`)
  let isBad = false
  for (const vmid of ids) isBad = !(await backUpOne(call, vmid, storage)) || isBad
  log(`INFO: Backup job finished ${isBad ? 'with errors' : 'successfully'}`)
  if (isBad) die('job errors')
}

function requireStorage(call: ApiCall, storage: string): void {
  const { content = '', type } = storageNamed(call, storage)
  if (!content.split(',').includes('backup')) die(`storage '${storage}' does not support backups`)
  if (type !== 'dir') die(`storage '${storage}' of type ${type} is not stood in for as a place for backups`)
}

/** False when it failed, which the log tells; the other machines of the job are still backed up. */
async function backUpOne(call: ApiCall, vmid: string, storage: string): Promise<boolean> {
  const { log, host } = call
  log(`INFO: Starting Backup of VM ${vmid} (qemu)`)
  try {
    const vm = vmNumbered(call, vmid)
    if (vm.config['lock'] !== undefined) die(`VM is locked (${vm.config['lock']})`)
    const volid = await writeArchive(call, { vmid, vm, storage })
    log(`INFO: Finished Backup of VM ${vmid} (00:00:00)`)
    await prune(call, { storage, vmid })
    log(`INFO: archive is ${volid} of ${new Date(host.now).toISOString()}`)
    return true
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    log(`ERROR: Backup of VM ${vmid} failed - ${error.message}`)
    return false
  }
}

interface Guest {
  readonly vmid: string
  readonly vm: Vm
  readonly storage: string
}

/** Written as `….vma.dat` first: the final name means that vzdump has finished. */
async function writeArchive(call: ApiCall, { vmid, vm, storage }: Guest): Promise<string> {
  const { host, pve, values } = call
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
  const notes = (values['notes-template'] ?? '')
    .replaceAll('{{guestname}}', vm.config['name'] ?? '')
    .replaceAll('{{vmid}}', vmid)
    .replaceAll('{{node}}', call.node)
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

const backupsOf = (call: ApiCall, storage: string, vmid?: string): StoredVolume[] =>
  listVolumes(call, storage).filter(
    (one) => one.content === 'backup' && (vmid === undefined || one.vmid === Number(vmid)),
  )

const prunable = (volumes: readonly StoredVolume[]) =>
  volumes.map(({ volid, at = 0, isProtected = false }) => ({ volid, at, isProtected }))

async function prune(
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

export async function removeBackup(call: ApiCall, volid: string): Promise<void> {
  const [storage = '', name = ''] = volid.split(':backup/')
  const file = call.host.path(join(call.pve.storages[storage]?.['path'] ?? '', 'dump', name))
  for (const one of [file, `${file}.notes`, file.replace(/\.vma\.zst$/, '.log')])
    await rm(one, { force: true })
  delete call.pve.volumes[volid]
}

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

/** The bytes of a backup, by its volume or its path. */
export function readBackup({ pve, host }: ApiCall, archive: string): Promise<Buffer> {
  const [storage = '', name] = archive.split(':backup/')
  const path = name === undefined ? archive : join(pve.storages[storage]?.['path'] ?? '', 'dump', name)
  return readFile(host.path(path)).catch(() => die(`unable to find file '${path}'`))
}
