import { createHash } from 'node:crypto'
import type { ApiCall, ApiMethod } from './api.ts'
import { die, dieOfParameters } from './api-error.ts'
import { removeBackup } from './backup-files.ts'
import { canonicalJson } from './canonical-json.ts'
import { flag, integer, oneOf, type Parameters, required, text, type Values } from './parameters.ts'
import type { Settings } from './pve-state.ts'
import { free, listVolumes, spaceOf, storageNamed } from './volumes.ts'

const types = [
  'btrfs',
  'cephfs',
  'cifs',
  'dir',
  'esxi',
  'iscsi',
  'iscsidirect',
  'lvm',
  'lvmthin',
  'nfs',
  'pbs',
  'rbd',
  'zfs',
  'zfspool',
]
/** `fixed => 1` in the options of plugins. */
const fixed: Parameters = {
  pool: text,
  path: text,
  vgname: text,
  thinpool: text,
  server: text,
  export: text,
  share: text,
  datastore: text,
}
const changeable: Parameters = {
  ...{
    content: text,
    nodes: text,
    disable: flag,
    shared: flag,
    sparse: flag,
    blocksize: text,
    mountpoint: text,
  },
  ...{
    is_mountpoint: text,
    mkdir: flag,
    'create-base-path': flag,
    'create-subdirs': flag,
    'prune-backups': text,
  },
  ...{
    'max-protected-backups': integer(-1),
    preallocation: oneOf('off', 'metadata', 'falloc', 'full'),
    bwlimit: text,
  },
  ...{ 'snapshot-as-volume-chain': flag, saferemove: flag, format: text },
  ...{ username: text, fingerprint: text, namespace: text, port: integer(1, 65_535) },
}
const needs: Readonly<Record<string, readonly string[]>> = {
  dir: ['path'],
  zfspool: ['pool'],
  lvmthin: ['vgname', 'thinpool'],
  lvm: ['vgname'],
  pbs: ['server', 'datastore'],
}
const usual: Readonly<Record<string, string>> = {
  dir: 'backup,iso,vztmpl,import',
  zfspool: 'images,rootdir',
  lvmthin: 'images,rootdir',
  lvm: 'images,rootdir',
  pbs: 'backup',
}

/** pve-storage, PVE/API2/Storage/{Config,Status,Content,PruneBackups}.pm and PVE/Storage/*Plugin.pm. */
export const storageMethods: readonly ApiMethod[] = [
  {
    verb: 'get',
    path: '/storage',
    parameters: { type: text },
    run: ({ pve, values }) =>
      Object.keys(pve.storages)
        .map((name) => shown(pve.storages, name))
        .filter((row) => values['type'] === undefined || row['type'] === values['type']),
  },
  {
    verb: 'get',
    path: '/storage/{storage}',
    parameters: {},
    run: (call) => {
      storageNamed(call, call.values['storage'] ?? '')
      return shown(call.pve.storages, call.values['storage'] ?? '')
    },
  },
  {
    verb: 'create',
    path: '/storage',
    parameters: {
      storage: required({ ...text, pattern: /^[a-zA-Z][a-zA-Z0-9\-_.]*[a-zA-Z0-9]$/ }),
      type: required(oneOf(...types)),
      ...fixed,
      ...changeable,
    },
    run: add,
  },
  {
    verb: 'set',
    path: '/storage/{storage}',
    parameters: { ...fixed, ...changeable, delete: text, digest: text },
    run: change,
  },
  {
    verb: 'delete',
    path: '/storage/{storage}',
    parameters: {},
    run: (call) => {
      storageNamed(call, call.values['storage'] ?? '')
      delete call.pve.storages[call.values['storage'] ?? '']
      return null
    },
  },
  {
    verb: 'get',
    path: '/nodes/{node}/storage',
    parameters: { storage: text, content: text, enabled: flag, target: text },
    run: statuses,
  },
  {
    verb: 'get',
    path: '/nodes/{node}/storage/{storage}/status',
    parameters: {},
    run: (call) => status(call, call.values['storage'] ?? ''),
  },
  {
    verb: 'get',
    path: '/nodes/{node}/storage/{storage}/content',
    parameters: { content: text, vmid: integer() },
    run: contents,
  },
  {
    verb: 'set',
    path: '/nodes/{node}/storage/{storage}/content/{volume}',
    parameters: { protected: flag },
    run: protect,
  },
  {
    verb: 'delete',
    path: '/nodes/{node}/storage/{storage}/content/{volume}',
    parameters: { delay: integer() },
    task: ({ storage = '' }) => ['imgdel', `@${storage}`],
    run: (call) => removeVolume(call),
  },
]

const digestOf = (storages: Readonly<Record<string, Settings>>): string =>
  createHash('sha1').update(canonicalJson(storages)).digest('hex')

const numbers = /^(sparse|disable|shared|mkdir|max-protected-backups|saferemove|create-|snapshot-as)/

function shown(storages: Readonly<Record<string, Settings>>, name: string): Record<string, unknown> {
  const values = Object.entries(storages[name] ?? {}).map(
    ([key, value]) => [key, numbers.test(key) ? Number(value) : value] as const,
  )
  return { ...Object.fromEntries(values), storage: name, digest: digestOf(storages) }
}

function settingsIn({ storage: _, delete: __, digest: ___, ...settings }: Values): Settings {
  return settings
}

function add(call: ApiCall): unknown {
  const { values, pve, zfs } = call
  const { storage = '', type = '' } = values
  if (pve.storages[storage]) die(`storage ID '${storage}' already defined`)
  const missing = (needs[type] ?? []).filter((name) => values[name] === undefined)
  if (missing.length > 0)
    dieOfParameters(
      Object.fromEntries(missing.map((name) => [name, 'property is missing and it is not optional'])),
    )
  requirePlace(call, values)
  const settings: Settings = { ...settingsIn(values), content: values['content'] ?? usual[type] ?? 'images' }
  const pool = type === 'zfspool' ? zfs.datasets[values['pool'] ?? ''] : undefined
  // `on_add_hook` of ZFSPoolPlugin.pm.
  if (pool && settings['mountpoint'] === undefined)
    settings['mountpoint'] = pool.local['mountpoint'] ?? `/${pool.name}`
  pve.storages[storage] = settings
  return { storage, type }
}

function requirePlace({ zfs, lvm }: ApiCall, { type, pool = '', vgname, thinpool }: Values): void {
  if (type === 'zfspool' && !zfs.datasets[pool])
    die(`could not activate storage, zfs error: cannot open '${pool}': no such pool`)
  if (
    type === 'lvmthin' &&
    !lvm.lvs.some((one) => one.group === vgname && one.name === thinpool && one.kind === 'thin-pool')
  ) {
    die(`no such logical volume ${vgname}/${thinpool}`)
  }
  if (type === 'lvm' && !lvm.vgs.some((one) => one.name === vgname)) die(`no such volume group '${vgname}'`)
}

function change(call: ApiCall): unknown {
  const { values, pve } = call
  const { storage = '' } = values
  const settings = storageNamed(call, storage)
  if (values['digest'] !== undefined && values['digest'] !== digestOf(pve.storages)) {
    die('detected modified configuration - file changed by other user? Try again.')
  }
  for (const [key, value] of Object.entries(settingsIn(values))) {
    if (key in fixed && settings[key] !== value)
      dieOfParameters({ [key]: `can't change value of fixed parameter '${key}'` })
    settings[key] = value
  }
  for (const key of (values['delete'] ?? '').split(/[,; ]+/).filter(Boolean)) delete settings[key]
  return { storage, type: settings['type'] }
}

async function status(call: ApiCall, storage: string): Promise<Record<string, unknown>> {
  const { type, content, disable, shared } = storageNamed(call, storage)
  const { isActive, total, used } = await spaceOf(call, storage)
  return {
    ...{
      storage,
      type,
      content,
      active: isActive ? 1 : 0,
      enabled: disable === '1' ? 0 : 1,
      shared: Number(shared ?? 0),
    },
    ...(isActive && { total, used, avail: total - used, used_fraction: total > 0 ? used / total : 0 }),
  }
}

async function statuses(call: ApiCall): Promise<unknown> {
  const { content, storage } = call.values
  const names = Object.keys(call.pve.storages).filter((name) => storage === undefined || name === storage)
  const fitting = names.filter(
    (name) => content === undefined || call.pve.storages[name]?.['content']?.split(',').includes(content),
  )
  return Promise.all(fitting.map((name) => status(call, name)))
}

function contents(call: ApiCall): unknown {
  const { storage = '', content, vmid } = call.values
  storageNamed(call, storage)
  return listVolumes(call, storage)
    .filter(
      (one) =>
        (content === undefined || one.content === content) &&
        (vmid === undefined || one.vmid === Number(vmid)),
    )
    .map(({ volid, bytes, at, isProtected, ...rest }) => ({
      ...rest,
      volid,
      size: bytes,
      ...(at !== undefined && { ctime: at }),
      ...(rest.content === 'backup' && { subtype: 'qemu', protected: isProtected ? 1 : 0 }),
    }))
}

const volumeIdOf = ({ values: { storage = '', volume = '' } }: ApiCall): string =>
  volume.includes(':') ? volume : `${storage}:${volume}`

/** PVE/API2/Storage/Content.pm `updateattributes`: only a backup has the attribute. */
function protect(call: ApiCall): null {
  const volid = volumeIdOf(call)
  const found = call.pve.volumes[volid] ?? die(`volume '${volid}' does not exist`)
  if (found.content !== 'backup') die(`update_volume_attribute: attribute 'protected' is not supported`)
  found.isProtected = call.values['protected'] === '1'
  return null
}

async function removeVolume(call: ApiCall): Promise<void> {
  const { storage = '' } = call.values
  const volid = volumeIdOf(call)
  const found = listVolumes(call, storage).find((one) => one.volid === volid)
  if (!found) die(`volume '${volid}' does not exist`)
  if (found?.isProtected) die(`can't remove volume '${volid}' - protected`)
  if (found?.content === 'backup') await removeBackup(call, volid)
  else await free(call, volid)
}
