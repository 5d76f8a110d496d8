import { zfsValue } from './zfs-property.ts'
import type { PoolStatus } from './zpool-status.ts'

/** Devices that belong together, as a user describes them. */
export interface Vdev {
  readonly type?: string
  readonly role?: string
  readonly devices: readonly string[]
}

interface Creation {
  readonly name: string
  readonly vdevs?: readonly Vdev[]
  readonly properties?: Readonly<Record<string, unknown>>
  readonly filesystem_properties?: Readonly<Record<string, unknown>>
}

interface Pool {
  readonly name: string
  readonly exists: boolean
  readonly properties: ReadonlyMap<string, { readonly value: string }>
  readonly status: PoolStatus
}

/** The words after `zpool create`; without `-f`, so that ZFS refuses what is in use. */
export function createWords({ name, vdevs = [], properties, filesystem_properties }: Creation): string[] {
  const options = (flag: string, values: Readonly<Record<string, unknown>> = {}): string[] =>
    Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${zfsValue(value)}`])
  const words = vdevs.flatMap(({ type = 'disk', role = 'data', devices }) => [
    ...(role === 'data' ? [] : [role]),
    ...(type === 'disk' ? [] : [type]),
    ...devices,
  ])
  return [...options('-o', properties), ...options('-O', filesystem_properties), name, ...words]
}

/** What the layout of a pool has that was not asked for, or lacks; sentences. */
export function layoutDrift(
  vdevs: readonly Vdev[],
  { name, status }: Pool,
  devices: readonly { readonly path: string; readonly real: string }[],
): readonly string[] {
  if (vdevs.length === 0) return []
  const real = new Map(devices.map((device) => [device.path, device.real]))
  const wanted = vdevs.flatMap(({ type = 'disk', role = 'data', devices: members }) => {
    const names = members.map((member) => wholeDisk(real.get(member) ?? member))
    return type === 'disk'
      ? names.map((one) => layoutText(role, type, [one]))
      : [layoutText(role, type, names)]
  })
  const present = status.groups.map((group) =>
    layoutText(
      group.role,
      group.type,
      group.devices.map((device) => wholeDisk(device.name)),
    ),
  )
  if (wanted.toSorted().join() === present.toSorted().join()) return []
  return [`The pool ${name} consists of ${present.join(' + ')}, not of ${wanted.join(' + ')}.`]
}

function layoutText(role: string, type: string, devices: readonly string[]): string {
  const words = devices.toSorted().join(' ')
  return `${role === 'data' ? '' : `${role} `}${type === 'disk' ? words : `${type === 'raidz' ? 'raidz1' : type}(${words})`}`
}

/** ZFS partitions whole disks and names the partition. */
function wholeDisk(path: string): string {
  return path
    .replace(/^(\/dev\/disk\/by-.*)-part\d+$/, '$1')
    .replace(/^(\/dev\/(?:nvme\d+n\d+|mmcblk\d+))p\d+$/, '$1')
    .replace(/^(\/dev\/(?:sd|vd|xvd|hd)[a-z]+)\d+$/, '$1')
}

/** A pool can be ONLINE while its devices count errors. */
export function poolHealth({ status, properties }: Pool) {
  const devices = status.groups.flatMap((group) => group.devices)
  return {
    state: status.state,
    scan: status.scan,
    data_errors: status.errors,
    errors: devices.reduce((total, device) => total + device.errors, 0),
    capacity: Number.parseInt(properties.get('capacity')?.value ?? '0', 10),
  }
}
