import type { ApiCall, ApiMethod } from './api.ts'
import { die } from './api-error.ts'
import { readConfig, readPending, setConfig, settingsIn } from './api-vm-config.ts'
import { makeTemplate } from './api-vm-template.ts'
import { flag, integer, type Parameters, required, text, type Values } from './parameters.ts'
import { parseDiskSize, parseProperties, printProperties, showDiskSize } from './property-string.ts'
import type { Vm } from './pve-state.ts'
import { restoreVm } from './restore.ts'
import {
  diskBytes,
  disksOf,
  newUuid,
  requireDigest,
  requireUnlocked,
  settled,
  vmNumbered,
} from './vm-config.ts'
import { isDisk, vmParameters } from './vm-parameters.ts'
import { free, grow } from './volumes.ts'

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
