import type { ApiCall, ApiMethod } from './api.ts'
import { die } from './api-error.ts'
import { vmSummary } from './api-vm.ts'
import { flag, integer, required, text, type Values } from './parameters.ts'
import { parseProperties, printProperties, showDiskSize } from './property-string.ts'
import type { Vm } from './pve-state.ts'
import { disksOf, newUuid, requireUnlocked, vmNumbered, withNewMac } from './vm-config.ts'
import { isNetwork } from './vm-parameters.ts'
import { allocate, nextDiskName, parseVolid, volumeBytes } from './volumes.ts'

const vm = '/nodes/{node}/qemu/{vmid}'
const task =
  (type: string) =>
  ({ vmid = '' }: Values): readonly [string, string] => [type, vmid]

const power = (name: string, type: string, run: (call: ApiCall, one: Vm) => void): ApiMethod => ({
  verb: 'create',
  path: `${vm}/status/${name}`,
  parameters: {
    timeout: integer(),
    skiplock: flag,
    forceStop: flag,
    keepActive: flag,
    'overrule-shutdown': flag,
    todisk: flag,
  },
  task: task(type),
  run: (call) => {
    const one = vmNumbered(call, call.values['vmid'])
    if (call.values['skiplock'] !== '1') requireUnlocked(one)
    run(call, one)
  },
})

const requireRunning = ({ running }: Vm, { vmid = '' }: Values): void => {
  if (!running) die(`VM ${vmid} not running`)
}

/** qemu-server, PVE/API2/Qemu.pm: what a machine lives through. */
export const vmLifeMethods: readonly ApiMethod[] = [
  {
    verb: 'get',
    path: `${vm}/status/current`,
    parameters: {},
    run: (call) => {
      const one = vmNumbered(call, call.values['vmid'])
      const state = one.running ? 'running' : 'stopped'
      return {
        ...vmSummary(call.values['vmid'] ?? '', one, call.host.now),
        qmpstatus: state,
        ha: { managed: 0 },
      }
    },
  },
  power('start', 'qmstart', (call, one) => {
    if (one.config['template'] === '1') die("you can't start a vm if it's a template")
    if (one.running) die(`VM ${call.values['vmid']} already running`)
    start(call, one)
  }),
  power('stop', 'qmstop', (_, one) => stop(one)),
  power('shutdown', 'qmshutdown', (call, one) => {
    requireRunning(one, call.values)
    stop(one)
  }),
  power('reboot', 'qmreboot', (call, one) => {
    requireRunning(one, call.values)
    stop(one)
    start(call, one)
  }),
  power('reset', 'qmreset', (call, one) => requireRunning(one, call.values)),
  power('suspend', 'qmsuspend', (call, one) => requireRunning(one, call.values)),
  power('resume', 'qmresume', (call, one) => requireRunning(one, call.values)),
  {
    verb: 'create',
    path: `${vm}/clone`,
    parameters: {
      newid: required(integer(100, 999_999_999)),
      ...{
        name: text,
        description: text,
        full: flag,
        storage: text,
        snapname: text,
        pool: text,
        format: text,
        target: text,
      },
    },
    task: task('qmclone'),
    run: cloneVm,
  },
]

function start({ pve, host }: ApiCall, one: Vm): void {
  applyPending(one)
  one.running = { pid: 100_000 + pve.count++, since: Math.floor(host.now / 1000) }
}

function stop(one: Vm): void {
  delete one.running
  applyPending(one)
}

function applyPending(one: Vm): void {
  for (const key of one.doomed) delete one.config[key]
  Object.assign(one.config, one.pending)
  one.pending = {}
  one.doomed = []
}

async function cloneVm(call: ApiCall): Promise<void> {
  const { vmid = '', newid = '', name, description, storage } = call.values
  const source = vmNumbered(call, vmid)
  requireUnlocked(source)
  if (call.pve.vms[newid]) die(`unable to create VM ${newid}: config file already exists`)
  const isFull = isFullClone(call.values, source)
  const { template: _, lock: __, ...config } = source.config
  call.pve.vms[newid] = { config, pending: {}, doomed: [], snapshots: {} }
  for (const key of Object.keys(config).filter(isNetwork)) config[key] = withNewMac(call, config[key] ?? '')
  for (const [key, volid] of disksOf(config)) {
    if (/^unused/.test(key)) delete config[key]
    else config[key] = await copiedDisk(call, { newid, volid, value: config[key] ?? '', storage, isFull })
  }
  Object.assign(config, {
    smbios1: `uuid=${newUuid(call)}`,
    vmgenid: newUuid(call),
    name: name ?? `Copy-of-VM-${source.config['name'] ?? vmid}`,
    ...(description !== undefined && { description }),
  })
}

/** A template is cloned as a link when nothing else is said, all else in full. */
function isFullClone({ full, storage }: Values, { config }: Vm): boolean {
  const isTemplate = config['template'] === '1'
  if (full === '0' && !isTemplate) die('Linked clone feature is not supported for VM that is not a template')
  const isFull = full === '1' || !isTemplate
  if (!isFull && storage !== undefined) {
    die("400 Parameter verification failed.\nstorage: parameter 'storage' not allowed for linked clones")
  }
  return isFull
}

interface Copied {
  readonly newid: string
  readonly volid: string
  readonly value: string
  readonly storage: string | undefined
  readonly isFull: boolean
}

async function copiedDisk(call: ApiCall, { newid, volid, value, storage, isFull }: Copied): Promise<string> {
  const bytes = volumeBytes(call, volid) ?? die(`volume '${volid}' does not exist`)
  const target = storage ?? parseVolid(volid)[0]
  const isDrive = volid.includes('cloudinit')
  const name = isDrive ? `vm-${newid}-cloudinit` : nextDiskName(call, target, newid)
  const made = await allocate(call, target, { name, bytes })
  const [, base] = parseVolid(volid)
  // A linked clone names the volume it stands on.
  const shown = isFull || isDrive ? made : made.replace(':', `:${base}/`)
  if (!isDrive)
    call.log(isFull ? `create full clone of drive (${volid})` : `create linked clone of drive (${volid})`)
  const properties = parseProperties(value, 'file')
  properties.set('file', shown)
  if (!isDrive) properties.set('size', showDiskSize(bytes))
  return printProperties(properties, 'file')
}
