import { stat } from 'node:fs/promises'
import { makeDevice, removeDevice } from '#doubles/devices.ts'
import { uuidOf } from '#doubles/lvm/lvm-state.ts'
import { availableBytes, usedBytes } from '#doubles/zfs/dataset-values.ts'
import { newDataset, seconds } from '#doubles/zfs/zfs-state.ts'
import type { ApiCall } from './api.ts'
import { die } from './api-error.ts'
import type { Settings } from './pve-state.ts'

/** What lies on a storage: volumes of virtual machines, and files. pve-storage, PVE/Storage.pm. */
export interface StoredVolume {
  readonly volid: string
  readonly bytes: number
  readonly format: string
  readonly content: string
  readonly vmid?: number
  readonly at?: number
  readonly notes?: string
  readonly isProtected?: boolean
  readonly verification?: { readonly state: string; readonly upid: string }
}

export function storageNamed({ pve }: ApiCall, name: string): Settings {
  return pve.storages[name] ?? die(`storage '${name}' does not exist`)
}

export function parseVolid(volid: string): readonly [storage: string, name: string] {
  const index = volid.indexOf(':')
  return index < 0
    ? die(`unable to parse volume ID '${volid}'`)
    : [volid.slice(0, index), volid.slice(index + 1)]
}

/** The next free `vm-ID-disk-N`. PVE/Storage/Plugin.pm `get_next_vm_diskname`. */
export function nextDiskName(call: ApiCall, storage: string, vmid: string): string {
  const taken = new Set(
    listVolumes(call, storage).map(({ volid }) =>
      parseVolid(volid)[1]
        .split('/')
        .at(-1)
        ?.replace(/\.\w+$/, ''),
    ),
  )
  let number = 0
  while (taken.has(`vm-${vmid}-disk-${number}`) || taken.has(`base-${vmid}-disk-${number}`)) number++
  return `vm-${vmid}-disk-${number}`
}

/** Makes a volume and gives its id. */
export async function allocate(
  call: ApiCall,
  storage: string,
  { name, bytes }: { readonly name: string; readonly bytes: number },
): Promise<string> {
  const settings = storageNamed(call, storage)
  if (settings['disable'] === '1') die(`storage '${storage}' is disabled`)
  const contents = (settings['content'] ?? '').split(',')
  if (!contents.includes('images')) die(`storage '${storage}' does not support content-type 'images'`)
  const kind = settings['type'] ?? ''
  if (kind === 'zfspool') return allocateZvol(call, storage, { name, bytes, settings })
  if (kind === 'lvmthin' || kind === 'lvm') return allocateLv(call, storage, { name, bytes, settings })
  const vmid = /^(?:vm|base)-(\d+)-/.exec(name)?.[1] ?? ''
  const volid = `${storage}:${vmid}/${name}.raw`
  call.pve.volumes[volid] = {
    bytes,
    format: 'raw',
    content: 'images',
    vmid: Number(vmid),
    at: seconds(call.host.now),
  }
  return volid
}

interface Wanted {
  readonly name: string
  readonly bytes: number
  readonly settings: Settings
}

async function allocateZvol(
  { zfs, host }: ApiCall,
  storage: string,
  { name, bytes, settings }: Wanted,
): Promise<string> {
  const pool = settings['pool'] ?? ''
  const parent = zfs.datasets[pool] ?? die(`zfs error: cannot open '${pool}': no such pool`)
  const isSparse = settings['sparse'] === '1'
  if (!isSparse && bytes > availableBytes(zfs, parent))
    die(`zfs error: cannot create '${pool}/${name}': out of space`)
  const local = { volsize: String(bytes), ...(isSparse ? {} : { refreservation: String(bytes) }) }
  newDataset(zfs, { name: `${pool}/${name}`, type: 'volume', createdAt: seconds(host.now), local })
  await makeDevice(host, `/dev/zvol/${pool}/${name}`, bytes)
  return `${storage}:${name}`
}

async function allocateLv(
  { lvm, host }: ApiCall,
  storage: string,
  { name, bytes, settings }: Wanted,
): Promise<string> {
  const [group = '', pool] = [settings['vgname'], settings['thinpool']]
  if (!lvm.vgs.some((one) => one.name === group)) die(`no such volume group '${group}'`)
  if (pool !== undefined && !lvm.lvs.some((one) => one.group === group && one.name === pool)) {
    die(`no such logical volume ${group}/${pool}`)
  }
  lvm.lvs.push({
    ...{
      group,
      name,
      uuid: uuidOf(group, name, host.now),
      kind: pool === undefined ? 'linear' : 'thin',
      bytes,
    },
    ...{ active: true, isReadOnly: false, createdAt: host.now, tags: [] },
    ...(pool !== undefined && { pool }),
  })
  await makeDevice(host, `/dev/${group}/${name}`, bytes)
  return `${storage}:${name}`
}

/** Removes a volume with its snapshots; silent when there is none. */
export async function free(call: ApiCall, volid: string): Promise<void> {
  const [storage, name] = parseVolid(volid)
  const settings = call.pve.storages[storage]
  delete call.pve.volumes[volid]
  if (settings?.['type'] === 'zfspool') {
    const full = `${settings['pool']}/${name}`
    for (const dataset of Object.keys(call.zfs.datasets)) {
      if (dataset === full || dataset.startsWith(`${full}@`)) delete call.zfs.datasets[dataset]
    }
    await removeDevice(call.host, `/dev/zvol/${full}`)
  }
  if (settings?.['vgname'] !== undefined) {
    call.lvm.lvs = call.lvm.lvs.filter((one) => one.group !== settings['vgname'] || one.name !== name)
    await removeDevice(call.host, `/dev/${settings['vgname']}/${name}`)
  }
}

export async function grow(call: ApiCall, volid: string, bytes: number): Promise<void> {
  const [storage, name] = parseVolid(volid)
  const settings = storageNamed(call, storage)
  const file = call.pve.volumes[volid]
  if (file) call.pve.volumes[volid] = { ...file, bytes }
  const zvol = call.zfs.datasets[`${settings['pool']}/${name}`]
  if (zvol) zvol.local['volsize'] = String(bytes)
  const lv = call.lvm.lvs.find((one) => one.group === settings['vgname'] && one.name === name)
  if (lv) lv.bytes = bytes
  if (zvol) await makeDevice(call.host, `/dev/zvol/${settings['pool']}/${name}`, bytes)
  if (lv) await makeDevice(call.host, `/dev/${settings['vgname']}/${name}`, bytes)
}

const diskName = /^(?:vm|base|subvol)-(\d+)-/

export function listVolumes(call: ApiCall, storage: string): StoredVolume[] {
  const settings = call.pve.storages[storage] ?? {}
  const files = Object.entries(call.pve.volumes).filter(([volid]) => volid.startsWith(`${storage}:`))
  const own = files.map(([volid, volume]) => ({ volid, ...volume }))
  const pool = settings['pool']
  const zvols = Object.values(call.zfs.datasets)
    .filter(
      (one) => settings['type'] === 'zfspool' && one.type === 'volume' && one.name.startsWith(`${pool}/`),
    )
    .map((one) => ({
      name: one.name.slice(`${pool}/`.length),
      bytes: Number(one.local['volsize']),
      at: one.createdAt,
    }))
  const lvs = call.lvm.lvs
    .filter(
      (one) =>
        one.group === settings['vgname'] && one.kind !== 'thin-pool' && one.pool === settings['thinpool'],
    )
    .map((one) => ({ name: one.name, bytes: one.bytes, at: Math.floor(one.createdAt / 1000) }))
  const blocks = [...zvols, ...lvs].flatMap(({ name, bytes, at }) => {
    const vmid = diskName.exec(name)?.[1]
    return vmid === undefined
      ? []
      : [{ volid: `${storage}:${name}`, bytes, at, format: 'raw', content: 'images', vmid: Number(vmid) }]
  })
  return [...own, ...blocks].toSorted((a, b) => (a.volid < b.volid ? -1 : 1))
}

export const volumeBytes = (call: ApiCall, volid: string): number | undefined =>
  listVolumes(call, parseVolid(volid)[0]).find((one) => one.volid === volid)?.bytes

export interface Space {
  readonly isActive: boolean
  readonly total: number
  readonly used: number
}

export async function spaceOf(call: ApiCall, storage: string): Promise<Space> {
  const settings = storageNamed(call, storage)
  const none = { isActive: false, total: 0, used: 0 }
  if (settings['disable'] === '1') return none
  if (settings['type'] === 'zfspool') {
    const root = call.zfs.datasets[settings['pool'] ?? '']
    if (!root) return none
    const used = usedBytes(call.zfs, root)
    return { isActive: true, used, total: used + availableBytes(call.zfs, root) }
  }
  if (settings['vgname'] !== undefined) {
    const pool = call.lvm.lvs.find(
      (one) => one.group === settings['vgname'] && one.name === settings['thinpool'],
    )
    return pool ? { isActive: true, used: 0, total: pool.bytes } : none
  }
  const folder = await stat(call.host.path(settings['path'] ?? '/')).catch(() => undefined)
  if (!folder) return none
  const used = listVolumes(call, storage).reduce((sum, { bytes }) => sum + bytes, 0)
  return { isActive: true, used, total: 100 * 1024 ** 3 }
}
