import type { ApiCall, ApiMethod } from './api.ts'
import { die } from './api-error.ts'
import { flag, integer, type Parameters, required, text, type Values } from './parameters.ts'
import { parseDiskSize, parseProperties, printProperties, showDiskSize } from './property-string.ts'
import type { Vm } from './pve-state.ts'
import { restoreVm } from './restore.ts'
import {
  digestOf,
  diskBytes,
  disksOf,
  newUuid,
  requireDigest,
  requireUnlocked,
  settled,
  vmNumbered,
} from './vm-config.ts'
import { appliesAtOnce, isDisk, vmParameters } from './vm-parameters.ts'
import { free, grow, parseVolid } from './volumes.ts'

const vm = '/nodes/{node}/qemu/{vmid}'
const task =
  (type: string) =>
  ({ vmid = '' }: Values): readonly [string, string] => [type, vmid]
const common: Parameters = { skiplock: flag, force: flag }

/** qemu-server, PVE/API2/Qemu.pm */
export const vmMethods: readonly ApiMethod[] = [
  { verb: 'get', path: '/nodes/{node}/qemu', parameters: { full: flag }, run: listVms },
  {
    verb: 'create',
    path: '/nodes/{node}/qemu',
    parameters: {
      ...vmParameters,
      vmid: required(integer(100, 999_999_999)),
      ...{
        storage: text,
        pool: text,
        start: flag,
        archive: text,
        force: flag,
        unique: flag,
        bwlimit: integer(),
      },
    },
    task: ({ vmid = '', archive }) => [archive === undefined ? 'qmcreate' : 'qmrestore', vmid],
    run: (call) => (call.values['archive'] === undefined ? createVm(call) : restoreVm(call)),
  },
  { verb: 'get', path: `${vm}/config`, parameters: { current: flag, snapshot: text }, run: readConfig },
  { verb: 'get', path: `${vm}/pending`, parameters: {}, run: readPending },
  {
    verb: 'set',
    path: `${vm}/config`,
    parameters: { ...vmParameters, ...common, delete: text, digest: text, revert: text },
    run: setConfig,
  },
  {
    verb: 'create',
    path: `${vm}/config`,
    parameters: {
      ...vmParameters,
      ...common,
      delete: text,
      digest: text,
      revert: text,
      background_delay: integer(),
    },
    task: task('qmconfig'),
    run: setConfig,
  },
  {
    verb: 'set',
    path: `${vm}/resize`,
    parameters: {
      disk: required(text),
      size: required({ ...text, pattern: /^\+?\d+(\.\d+)?[KMGT]?$/ }),
      digest: text,
      skiplock: flag,
    },
    task: task('resize'),
    run: resizeDisk,
  },
  {
    verb: 'delete',
    path: vm,
    parameters: { purge: flag, 'destroy-unreferenced-disks': flag, skiplock: flag },
    task: task('qmdestroy'),
    run: destroyVm,
  },
  {
    verb: 'create',
    path: `${vm}/template`,
    parameters: { disk: text },
    task: task('qmtemplate'),
    run: makeTemplate,
  },
  { verb: 'set', path: `${vm}/cloudinit`, parameters: {}, run: regenerate },
  { verb: 'set', path: `${vm}/unlock`, parameters: {}, run: unlock },
]

function listVms({ pve, host }: ApiCall): unknown {
  return Object.entries(pve.vms).map(([vmid, one]) => vmSummary(vmid, one, host.now))
}

export function vmSummary(vmid: string, { config, running }: Vm, now: number): object {
  const first = Object.entries(config).find(([key, value]) => isDisk(key) && !value.includes('media=cdrom'))
  return {
    vmid: Number(vmid),
    name: config['name'] ?? `VM ${vmid}`,
    status: running ? 'running' : 'stopped',
    cpus: Number(config['cores'] ?? 1) * Number(config['sockets'] ?? 1),
    maxmem: Number(config['memory'] ?? 512) * 1024 ** 2,
    maxdisk: first ? diskBytes(first[1]) : 0,
    ...{ mem: 0, disk: 0, diskread: 0, diskwrite: 0, netin: 0, netout: 0, cpu: 0 },
    uptime: running ? Math.floor(now / 1000) - running.since : 0,
    ...(running && { pid: running.pid }),
    ...(config['lock'] !== undefined && { lock: config['lock'] }),
    ...(config['tags'] !== undefined && { tags: config['tags'] }),
    ...(config['template'] === '1' && { template: 1 }),
  }
}

const noConfig = new Set([
  'vmid',
  'node',
  'storage',
  'pool',
  'start',
  'archive',
  'force',
  'unique',
  'bwlimit',
  'skiplock',
  'delete',
  'digest',
  'revert',
  'background_delay',
  'current',
])
const settingsIn = (values: Values): [string, string][] =>
  Object.entries(values).filter(([key]) => !noConfig.has(key))

async function createVm(call: ApiCall): Promise<void> {
  const { values, pve, host, node } = call
  const { vmid = '' } = values
  if (pve.vms[vmid]) die(`unable to create VM ${vmid} - VM ${vmid} already exists on node '${node}'`)
  const created: Vm = { config: {}, pending: {}, doomed: [], snapshots: {} }
  pve.vms[vmid] = created
  for (const [key, value] of settingsIn(values)) created.config[key] = await settled(call, vmid, [key, value])
  created.config['meta'] = `creation-qemu=10.1.2,ctime=${Math.floor(host.now / 1000)}`
  created.config['smbios1'] ??= `uuid=${newUuid(call)}`
  created.config['vmgenid'] ??= newUuid(call)
  if (created.config['boot'] === undefined) created.config['boot'] = bootOrder(created)
  if (values['start'] === '1')
    created.running = { pid: 100_000 + pve.count++, since: Math.floor(host.now / 1000) }
}

/** PVE/QemuServer/BootOrder: the first disk, a drive, the first card. */
function bootOrder({ config }: Vm): string {
  const disk = Object.keys(config).find((key) => isDisk(key) && !config[key]?.includes('media=cdrom'))
  const rest = Object.keys(config).filter((key) => key === 'ide2' || key === 'net0')
  return `order=${[...(disk ? [disk] : []), ...rest].join(';')}`
}

function readConfig(call: ApiCall): unknown {
  const one = vmNumbered(call, call.values['vmid'])
  const isCurrent = call.values['current'] === '1'
  const settings = isCurrent ? one.config : { ...one.config, ...one.pending }
  const shown = Object.entries(settings).filter(([key]) => isCurrent || !one.doomed.includes(key))
  return {
    ...Object.fromEntries(shown.map(([key, value]) => [key, shownValue(key, value)])),
    digest: digestOf(one),
  }
}

/** Perl gives numbers where the schema has them, and nobody sees a password again. */
function shownValue(key: string, value: string): string | number {
  if (key === 'cipassword') return '**********'
  const type = vmParameters[key]?.type
  return type === 'integer' || type === 'boolean' ? (key === 'memory' ? value : Number(value)) : value
}

function readPending(call: ApiCall): unknown {
  const { config, pending, doomed } = vmNumbered(call, call.values['vmid'])
  const keys = [...new Set([...Object.keys(config), ...Object.keys(pending)])].toSorted()
  return keys.map((key) => ({
    key,
    ...(config[key] !== undefined && { value: shownValue(key, config[key]) }),
    ...(pending[key] !== undefined && { pending: shownValue(key, pending[key]) }),
    ...(doomed.includes(key) && { delete: 1 }),
  }))
}

async function setConfig(call: ApiCall): Promise<null> {
  const { values } = call
  const { vmid = '' } = values
  const one = vmNumbered(call, vmid)
  requireDigest(one, values['digest'])
  if (values['skiplock'] !== '1' && !/lock/.test(values['delete'] ?? '')) requireUnlocked(one)
  const settings = settingsIn(values)
  const removed = (values['delete'] ?? '').split(/[,; ]+/).filter(Boolean)
  const reverted = (values['revert'] ?? '').split(/[,; ]+/).filter(Boolean)
  if (settings.length + removed.length + reverted.length === 0) die('no options specified')
  for (const key of reverted) revertOne(one, key)
  for (const key of removed) await removeOne(call, one, key)
  for (const [key, value] of settings) await setOne(call, one, { vmid, key, value })
  return null
}

function revertOne(one: Vm, key: string): void {
  delete one.pending[key]
  one.doomed = one.doomed.filter((name) => name !== key)
}

async function removeOne(call: ApiCall, one: Vm, key: string): Promise<void> {
  if (one.running && !appliesAtOnce(key)) {
    if (one.config[key] !== undefined) one.doomed = [...new Set([...one.doomed, key])]
    delete one.pending[key]
    return
  }
  const [disk] = disksOf({ [key]: one.config[key] ?? '' })
  delete one.config[key]
  if (!disk) return
  // A disk that goes from the machine stays on its storage until it is removed a second time.
  if (/^unused/.test(key) || disk[1].includes('cloudinit')) await free(call, disk[1])
  else one.config[freeUnused(one)] = disk[1]
}

function freeUnused({ config }: Vm): string {
  let number = 0
  while (config[`unused${number}`] !== undefined) number++
  return `unused${number}`
}

interface Setting {
  readonly vmid: string
  readonly key: string
  readonly value: string
}

async function setOne(call: ApiCall, one: Vm, { vmid, key, value }: Setting): Promise<void> {
  const result = await settled(call, vmid, [key, value])
  const [old] = disksOf({ [key]: one.config[key] ?? '' })
  const [next] = disksOf({ [key]: result })
  if (old && next && old[1] !== next[1]) one.config[freeUnused(one)] = old[1]
  one.doomed = one.doomed.filter((name) => name !== key)
  if (one.running && !appliesAtOnce(key) && one.config[key] !== result) one.pending[key] = result
  else {
    delete one.pending[key]
    one.config[key] = result
  }
}

async function resizeDisk(call: ApiCall): Promise<void> {
  const { vmid = '', disk = '', size = '', digest } = call.values
  const one = vmNumbered(call, vmid)
  requireDigest(one, digest)
  requireUnlocked(one)
  const value = one.config[disk] ?? die(`disk '${disk}' does not exist`)
  const properties = parseProperties(value, 'file')
  const before = diskBytes(value)
  const given = parseDiskSize(size.replace(/^\+/, '')) ?? 0
  const bytes = size.startsWith('+') ? before + given : given
  if (bytes < before) die('shrinking disks is not supported')
  await grow(call, properties.get('file') ?? '', bytes)
  one.config[disk] = printProperties(new Map([...properties, ['size', showDiskSize(bytes)]]), 'file')
}

async function destroyVm(call: ApiCall): Promise<void> {
  const { vmid = '', purge } = call.values
  const one = vmNumbered(call, vmid)
  requireUnlocked(one)
  if (one.config['protection'] === '1') die(`can't remove VM ${vmid} - protection mode enabled`)
  if (one.running) die(`VM ${vmid} is running - destroy failed`)
  const linked = Object.entries(call.pve.vms).find(([, other]) =>
    disksOf(other.config).some(([, volid]) => volid.includes(`base-${vmid}-`) && other !== one),
  )
  if (linked) die(`base volume '${disksOf(one.config)[0]?.[1]}' is still in use by linked cloned`)
  for (const [, volid] of disksOf(one.config)) await free(call, volid)
  if (purge === '1') for (const job of Object.values(call.pve.jobs)) job['vmid'] = without(job['vmid'], vmid)
  delete call.pve.vms[vmid]
}

const without = (list = '', word: string): string =>
  list
    .split(',')
    .filter((one) => one !== word)
    .join(',')

async function makeTemplate(call: ApiCall): Promise<void> {
  const { vmid = '' } = call.values
  const one = vmNumbered(call, vmid)
  requireUnlocked(one)
  if (Object.keys(one.snapshots).length > 0) die('unable to create template, because VM contains snapshots')
  if (one.config['template'] === '1') die("you can't convert a template to a template")
  if (one.running) die("you can't convert a VM to template if VM is running")
  for (const [key, volid] of disksOf(one.config)) {
    if (!volid.includes('cloudinit'))
      one.config[key] = (one.config[key] ?? '').replace(volid, renameBase(call, volid))
  }
  one.config['template'] = '1'
}

/** `vm-100-disk-0` becomes `base-100-disk-0`. */
function renameBase({ pve, zfs, lvm }: ApiCall, volid: string): string {
  const [storage, name] = parseVolid(volid)
  const settings = pve.storages[storage] ?? {}
  const base = name.replace(/(^|\/)vm-/, '$1base-')
  const file = pve.volumes[volid]
  if (file) {
    delete pve.volumes[volid]
    pve.volumes[`${storage}:${base}`] = file
  }
  const zvol = zfs.datasets[`${settings['pool']}/${name}`]
  if (zvol) {
    delete zfs.datasets[zvol.name]
    zvol.name = `${settings['pool']}/${base}`
    zfs.datasets[zvol.name] = zvol
  }
  const lv = lvm.lvs.find((one) => one.group === settings['vgname'] && one.name === name)
  if (lv) Object.assign(lv, { name: base, isReadOnly: true })
  return `${storage}:${base}`
}

function regenerate(call: ApiCall): null {
  const { config } = vmNumbered(call, call.values['vmid'])
  const has = Object.values(config).some((value) => value.includes('cloudinit'))
  return has ? null : die('No cloudinit drive found')
}

function unlock(call: ApiCall): null {
  const one = vmNumbered(call, call.values['vmid'])
  delete one.config['lock']
  return null
}
