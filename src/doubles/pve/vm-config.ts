import { createHash } from 'node:crypto'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ApiCall } from './api.ts'
import { die } from './api-error.ts'
import { parseDiskSize, parseProperties, printProperties, showDiskSize } from './property-string.ts'
import type { Pve, Settings, Vm } from './pve-state.ts'
import { writeStorages } from './storage-file.ts'
import { isDisk, isNetwork } from './vm-parameters.ts'
import { allocate, nextDiskName, parseVolid, storageNamed, volumeBytes } from './volumes.ts'

export function vmNumbered({ pve, node }: Pick<ApiCall, 'pve' | 'node'>, vmid = ''): Vm {
  // Perl's `die` leaves the errno of the last system call, ENOENT.
  return pve.vms[vmid] ?? die(`Configuration file 'nodes/${node}/qemu-server/${vmid}.conf' does not exist`, 2)
}

export function requireUnlocked(vm: Vm): void {
  if (vm.config['lock'] !== undefined) die(`VM is locked (${vm.config['lock']})`)
}

/** PVE/AbstractConfig.pm: the SHA-1 of the file. */
export const digestOf = (vm: Vm): string => createHash('sha1').update(configText(vm)).digest('hex')

export function requireDigest(vm: Vm, digest: string | undefined): void {
  if (digest === undefined || digest === digestOf(vm)) return
  die('detected modified configuration - file changed by other user? Try again.')
}

/** qm.conf(5). */
export function configText(vm: Vm): string {
  const lines = (settings: Settings): string[] =>
    Object.entries(settings)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => (key === 'description' ? `#${encodeURIComponent(value)}` : `${key}: ${value}`))
  const waits = Object.keys(vm.pending).length + vm.doomed.length > 0
  const doomed = vm.doomed.length > 0 ? [`delete: ${vm.doomed.join(',')}`] : []
  return [
    ...lines(vm.config),
    ...(vm.parent === undefined ? [] : [`parent: ${vm.parent}`]),
    ...(waits ? ['', '[PENDING]', ...doomed, ...lines(vm.pending)] : []),
    ...Object.entries(vm.snapshots).flatMap(([name, snapshot]) => [
      '',
      `[${name}]`,
      ...lines(snapshot.config),
      `snaptime: ${snapshot.at}`,
    ]),
    '',
  ].join('\n')
}

/** Writes what `/etc/pve` shows of the state; only the storages are read back. */
export async function showInEtc(
  { pve, host, node }: Pick<ApiCall, 'pve' | 'host' | 'node'>,
  before: readonly string[],
): Promise<void> {
  const file = (vmid: string): string => host.path(`/etc/pve/nodes/${node}/qemu-server/${vmid}.conf`)
  for (const vmid of before) if (!pve.vms[vmid]) await rm(file(vmid), { force: true })
  for (const [vmid, vm] of Object.entries(pve.vms)) {
    await mkdir(dirname(file(vmid)), { recursive: true })
    await writeFile(file(vmid), configText(vm), { mode: 0o640 })
  }
  await writeStorages(pve, host)
}

const hexOf = (pve: Pve, ...words: readonly (string | number)[]): string =>
  createHash('sha256')
    .update([pve.count++, ...words].join(' '))
    .digest('hex')

export function newUuid({ pve, host }: ApiCall): string {
  const hex = hexOf(pve, host.now)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}

/** Proxmox' own prefix: PVE/JSONSchema.pm and datacenter.cfg(5), `mac_prefix`. */
function newMac({ pve, host }: ApiCall): string {
  const hex = hexOf(pve, 'mac', host.now).toUpperCase()
  return ['BC', '24', '11', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4, 6)].join(':')
}

/** What a setting becomes in the configuration: a card gets its address, a disk is made or measured. */
export async function settled(
  call: ApiCall,
  vmid: string,
  [key, value]: readonly [string, string],
): Promise<string> {
  if (isNetwork(key)) return settledNetwork(call, vmid, [key, value])
  if (isDisk(key)) return settledDisk(call, vmid, { key, value })
  if (key === 'sshkeys') return /%0A|%20/i.test(value) ? value : encodeURIComponent(value)
  return value
}

const models = ['e1000', 'e1000e', 'rtl8139', 'virtio', 'vmxnet3', 'ne2k_pci', 'i82551', 'pcnet']

function settledNetwork(call: ApiCall, vmid: string, [key, value]: readonly [string, string]): string {
  const given = parseProperties(value, 'model')
  const model = given.get('model') ?? models.find((one) => given.has(one))
  if (model === undefined || !models.includes(model)) {
    return die(
      `400 Parameter verification failed.\n${key}: invalid format - format error\n${key}.model: property is missing and it is not optional`,
    )
  }
  const old = parseProperties(call.pve.vms[vmid]?.config[key] ?? '', 'model')
  const mac = given.get(model) ?? given.get('macaddr') ?? old.get(model) ?? newMac(call)
  const rest = [...given].filter(([name]) => name !== 'model' && name !== model && name !== 'macaddr')
  return printProperties(new Map([[model, mac], ...rest]), '')
}

interface Disk {
  readonly key: string
  readonly value: string
}

async function settledDisk(call: ApiCall, vmid: string, { key, value }: Disk): Promise<string> {
  const given = parseProperties(value, 'file')
  const file = given.get('file') ?? ''
  if (file === 'none' || file === 'cdrom' || file.startsWith('/')) return value
  const [storage, rest] = parseVolid(file)
  storageNamed(call, storage)
  if (rest === 'cloudinit') return cloudInit(call, vmid, { storage, given })
  if (!/^\d+(\.\d+)?$/.test(rest)) return measured(call, file, given)
  const source = given.get('import-from')
  const bytes = source === undefined ? Number(rest) * 1024 ** 3 : await importedBytes(call, source)
  if (bytes === 0) die(`${key}: cannot allocate a disk of size 0`)
  const volid = await allocate(call, storage, { name: nextDiskName(call, storage, vmid), bytes })
  given.delete('import-from')
  return printProperties(new Map([...given, ['file', volid], ['size', showDiskSize(bytes)]]), 'file')
}

async function cloudInit(
  call: ApiCall,
  vmid: string,
  { storage, given }: { readonly storage: string; readonly given: Map<string, string> },
): Promise<string> {
  const volid = await allocate(call, storage, { name: `vm-${vmid}-cloudinit`, bytes: 4 * 1024 ** 2 })
  return printProperties(new Map([...given, ['file', volid], ['media', 'cdrom']]), 'file')
}

function measured(call: ApiCall, volid: string, given: Map<string, string>): string {
  const bytes = volumeBytes(call, volid)
  if (bytes === undefined) return die(`volume '${volid}' does not exist`)
  return printProperties(new Map([...given, ['size', showDiskSize(bytes)]]), 'file')
}

/** A file of the host, or a volume: its virtual size would be in its header, and is its length here. */
async function importedBytes(call: ApiCall, source: string): Promise<number> {
  if (!source.startsWith('/')) return volumeBytes(call, source) ?? die(`volume '${source}' does not exist`)
  const found = await stat(call.host.path(source)).catch(() => undefined)
  if (!found) return die(`can't import from '${source}': file does not exist`)
  return Math.ceil(found.size / 1024 ** 2) * 1024 ** 2
}

/** The volumes of a configuration, by their keys. */
export function disksOf(config: Settings): readonly (readonly [key: string, volid: string])[] {
  return Object.entries(config).flatMap(([key, value]) => {
    const file = parseProperties(value, 'file').get('file') ?? ''
    const isVolume =
      (isDisk(key) || /^unused\d+$/.test(key)) && file.includes(':') && !/:(iso|import)\//.test(file)
    return isVolume ? [[key, file] as const] : []
  })
}

export const diskBytes = (value: string): number =>
  parseDiskSize(parseProperties(value, 'file').get('size') ?? '') ?? 0

/** A network card's setting with an address of its own, as a copy of a machine gets it. */
export function withNewMac(call: ApiCall, value: string): string {
  const [[model = ''] = [], ...rest] = [...parseProperties(value, 'model')]
  return printProperties(new Map([[model, newMac(call)], ...rest]), '')
}
