import type { ApiCall, ApiMethod } from './api.ts'
import { die } from './api-error.ts'
import { flag, required, text, type Values } from './parameters.ts'
import { digestOf, requireUnlocked, vmNumbered } from './vm-config.ts'

const path = '/nodes/{node}/qemu/{vmid}/snapshot'
const task =
  (type: string) =>
  ({ vmid = '' }: Values): readonly [string, string] => [type, vmid]
/** `pve-configid`, at most 40 letters: PVE/AbstractConfig.pm. */
const name = { ...text, pattern: /^[A-Za-z][A-Za-z0-9_-]+$/, maxLength: 40 }

/** qemu-server, PVE/API2/Qemu.pm and pve-guest-common, PVE/AbstractConfig.pm. */
export const snapshotMethods: readonly ApiMethod[] = [
  { verb: 'get', path, parameters: {}, run: list },
  {
    verb: 'create',
    path,
    parameters: { snapname: required(name), description: text, vmstate: flag },
    task: task('qmsnapshot'),
    run: take,
  },
  {
    verb: 'delete',
    path: `${path}/{snapname}`,
    parameters: { force: flag },
    task: task('qmdelsnapshot'),
    run: remove,
  },
  {
    verb: 'create',
    path: `${path}/{snapname}/rollback`,
    parameters: { start: flag },
    task: task('qmrollback'),
    run: rollback,
  },
]

function list(call: ApiCall): unknown {
  const one = vmNumbered(call, call.values['vmid'])
  const taken = Object.entries(one.snapshots).map(([key, { at, description, parent }]) => ({
    name: key,
    description,
    snaptime: at,
    vmstate: 0,
    ...(parent !== undefined && { parent }),
  }))
  const current = {
    name: 'current',
    description: 'You are here!',
    digest: digestOf(one),
    running: one.running ? 1 : 0,
    ...(one.parent !== undefined && { parent: one.parent }),
  }
  return [...taken, current]
}

function take(call: ApiCall): void {
  const { vmid, snapname = '', description = '' } = call.values
  const one = vmNumbered(call, vmid)
  if (snapname === 'current') die("unable to use snapshot name 'current' (reserved name)")
  if (snapname === 'pending') die("unable to use snapshot name 'pending' (reserved name)")
  requireUnlocked(one)
  if (one.config['template'] === '1') die("you can't take a snapshot if it's a template")
  if (one.snapshots[snapname]) die(`snapshot name '${snapname}' already used`)
  one.snapshots[snapname] = {
    config: { ...one.config },
    at: Math.floor(call.host.now / 1000),
    description,
    ...(one.parent !== undefined && { parent: one.parent }),
  }
  one.parent = snapname
}

function remove(call: ApiCall): void {
  const { vmid, snapname = '' } = call.values
  const one = vmNumbered(call, vmid)
  requireUnlocked(one)
  const gone = one.snapshots[snapname] ?? die(`snapshot '${snapname}' does not exist`)
  delete one.snapshots[snapname]
  const above = gone.parent === undefined ? {} : { parent: gone.parent }
  for (const [key, { parent, ...rest }] of Object.entries(one.snapshots)) {
    if (parent === snapname) one.snapshots[key] = { ...rest, ...above }
  }
  if (one.parent !== snapname) return
  delete one.parent
  Object.assign(one, above)
}

/** ZFS goes back to the newest alone: pve-storage, PVE/Storage/ZFSPoolPlugin.pm `volume_rollback_is_possible`. */
function rollback(call: ApiCall): void {
  const { vmid, snapname = '' } = call.values
  const one = vmNumbered(call, vmid)
  requireUnlocked(one)
  const target = one.snapshots[snapname] ?? die(`snapshot '${snapname}' does not exist`)
  const disk = Object.values(one.config)
    .map((value) => value.split(',')[0] ?? '')
    .find((volid) => call.pve.storages[volid.split(':')[0] ?? '']?.['type'] === 'zfspool')
  if (disk !== undefined && one.parent !== snapname)
    die(`can't rollback, '${snapname}' is not most recent snapshot on '${disk}'`)
  if (one.running) delete one.running
  one.config = { ...target.config }
  one.parent = snapname
  if (call.values['start'] === '1')
    one.running = { pid: 100_000 + call.pve.count++, since: Math.floor(call.host.now / 1000) }
}
