import { type Answer, lines, refuse } from '#doubles/answer.ts'
import { deviceAt } from '#doubles/device-size.ts'
import { removeDevice } from '#doubles/devices.ts'
import type { Call, Command } from '#doubles/double.ts'
import type { DoubleHost } from '#doubles/host.ts'
import type { OptionTable } from '#doubles/options.ts'
import { parseSize } from './lvm-size.ts'
import {
  devicePath,
  failed,
  freeExtents,
  groupNamed,
  invalid,
  type Lvm,
  requireName,
  uuidOf,
} from './lvm-state.ts'

/** What every command of lvm2 takes: lvm(8). */
export const common: OptionTable = {
  '-y --yes': 'flag',
  '-f --force': 'flag',
  '-q --quiet': 'flag',
  '-v --verbose': 'flag',
  '-t --test': 'flag',
  '--config': 'value',
  '--devices': 'value',
  '--addtag': 'values',
  '--deltag': 'values',
}

/** A line that `-qq` leaves out. */
export const said = ({ options }: Call<Lvm>, text: string): Answer =>
  options.count('q') > 1 ? {} : { stdout: `  ${text}\n` }

/** `pvcreate device…`: pvcreate(8). */
export const pvcreate: Command<Lvm> = {
  options: {
    ...common,
    '-u --uuid': 'value',
    '--norestorefile': 'flag',
    '-Z --zero': 'value',
    '--dataalignment': 'value',
    '--metadatasize': 'value',
    '-M --metadatatype': 'value',
  },
  run: async (call) => {
    if (call.operands.length === 0) return refuse(invalid, '  Please enter a physical volume path.')
    for (const path of call.operands) await makePv(call.state, call.host, path)
    return said(
      call,
      call.operands.map((path) => `Physical volume "${path}" successfully created.`).join('\n  '),
    )
  },
}

async function makePv(state: Lvm, host: DoubleHost, path: string): Promise<void> {
  const known = state.pvs.find((pv) => pv.path === path)
  if (known?.group) {
    refuse(
      failed,
      `  Can't initialize physical volume "${path}" of volume group "${known.group}" without -ff\n  ${path}: physical volume not initialized.`,
    )
  }
  const device = await deviceAt(host, path)
  if (!device) return refuse(failed, `  No device found for ${path}.`)
  if (device.bytes < 2 * 1024 ** 2) refuse(failed, `  Cannot use ${path}: device is too small (pv_min_size)`)
  if (!known) state.pvs.push({ path, uuid: uuidOf(path, host.now), bytes: device.bytes, group: '' })
}

export const pvremove: Command<Lvm> = {
  options: common,
  run: (call) => {
    for (const path of call.operands) {
      const pv = call.state.pvs.find((one) => one.path === path)
      if (!pv) return refuse(failed, `  No PV found on device ${path}.`)
      if (pv.group)
        refuse(
          failed,
          `  PV ${path} is used by VG ${pv.group} so please use vgreduce first.\n  (If you are certain you need pvremove, then confirm by using --force twice.)\n  ${path}: physical volume label not removed.`,
        )
    }
    call.state.pvs = call.state.pvs.filter(({ path }) => !call.operands.includes(path))
    return said(
      call,
      call.operands.map((path) => `Labels on physical volume "${path}" successfully wiped.`).join('\n  '),
    )
  },
}

/** `pvresize device…`: takes what the device is now. */
export const pvresize: Command<Lvm> = {
  options: { ...common, '--setphysicalvolumesize': 'value' },
  run: async (call) => {
    for (const path of call.operands) {
      const pv =
        call.state.pvs.find((one) => one.path === path) ??
        refuse(failed, `  Failed to find physical volume "${path}".`)
      pv.bytes = (await deviceAt(call.host, path))?.bytes ?? pv.bytes
    }
    const count = call.operands.length
    return said(
      call,
      `${call.operands.map((path) => `Physical volume "${path}" changed`).join('\n  ')}\n  ${count} physical volume(s) resized or updated / 0 physical volume(s) not resized`,
    )
  },
}

/** `vgcreate vg pv…`: vgcreate(8). Makes physical volumes of what is none yet. */
export const vgcreate: Command<Lvm> = {
  options: {
    ...common,
    '-s --physicalextentsize': 'value',
    '-l --maxlogicalvolumes': 'value',
    '-p --maxphysicalvolumes': 'value',
    '-Z --zero': 'value',
    '--dataalignment': 'value',
    '--metadatasize': 'value',
    '--alloc': 'value',
    '--autobackup': 'value',
  },
  run: async (call) => {
    const { state, host, options } = call
    const [name, ...paths] = call.operands
    if (name === undefined)
      return refuse(
        invalid,
        "  No command with matching syntax recognised.  Run 'vgcreate --help' for more information.",
      )
    if (paths.length === 0) return refuse(invalid, '  Please enter physical volume paths.')
    requireName(name, 'volume group')
    if (state.vgs.some((group) => group.name === name))
      refuse(failed, `  A volume group called ${name} already exists.`)
    const extent = parseSize(options.text('s') ?? '4m', '--physicalextentsize')
    if (!Number.isInteger(Math.log2(extent)) || extent < 1024) {
      refuse(invalid, '  Physical extent size must be a power of 2 of at least 1 KiB.')
    }
    state.vgs.push({ name, uuid: uuidOf(name, host.now), extent, tags: [...options.texts('addtag')] })
    const made = await join(call, name, paths)
    return said(call, [...made, `Volume group "${name}" successfully created`].join('\n  '))
  },
}

/** `vgextend vg pv…` */
export const vgextend: Command<Lvm> = {
  options: { ...common, '-Z --zero': 'value', '--dataalignment': 'value', '--metadatasize': 'value' },
  run: async (call) => {
    const [name = '', ...paths] = call.operands
    groupNamed(call.state, name)
    const made = await join(call, name, paths)
    return said(call, [...made, `Volume group "${name}" successfully extended`].join('\n  '))
  },
}

async function join({ state, host }: Call<Lvm>, group: string, paths: readonly string[]): Promise<string[]> {
  const made: string[] = []
  for (const path of paths) {
    const known = state.pvs.find((pv) => pv.path === path)
    if (known?.group) {
      refuse(
        failed,
        `  Physical volume '${path}' is already in volume group '${known.group}'\n  Unable to add physical volume '${path}' to volume group '${group}'\n  ${path}: physical volume not initialized.`,
      )
    }
    if (!known) {
      await makePv(state, host, path)
      made.push(`Physical volume "${path}" successfully created.`)
    }
    const pv = state.pvs.find((one) => one.path === path)
    if (pv) pv.group = group
  }
  return made
}

/** `vgreduce vg pv…`: only what is empty. */
export const vgreduce: Command<Lvm> = {
  options: { ...common, '-a --all': 'flag', '--removemissing': 'flag' },
  run: (call) => {
    const [name = '', ...paths] = call.operands
    const group = groupNamed(call.state, name)
    for (const path of paths) {
      const pv = call.state.pvs.find((one) => one.path === path && one.group === name)
      if (!pv) return refuse(failed, `  Physical Volume "${path}" not found in Volume Group "${name}".`)
      if (call.state.pvs.filter((one) => one.group === name).length === 1)
        refuse(failed, `  Can't remove final physical volume "${path}" from volume group "${name}"`)
      pv.group = ''
      if (freeExtents(call.state, group) < 0) refuse(failed, `  Physical volume "${path}" still in use`)
    }
    return said(call, paths.map((path) => `Removed "${path}" from volume group "${name}"`).join('\n  '))
  },
}

/** `vgremove vg…`: asks when there are volumes, and nobody is there to answer without `-y` or `-f`. */
export const vgremove: Command<Lvm> = {
  options: common,
  run: async (call) => {
    const { state, options, host } = call
    for (const name of call.operands) {
      groupNamed(state, name)
      const volumes = state.lvs.filter((volume) => volume.group === name)
      if (volumes.length > 0 && !options.has('y') && !options.has('f')) {
        return refuse(
          failed,
          `Do you really want to remove volume group "${name}" containing ${volumes.length} logical volumes? [y/n]: [n]\n  Volume group "${name}" not removed`,
        )
      }
      for (const volume of volumes) await removeDevice(host, devicePath(volume))
      state.lvs = state.lvs.filter((volume) => volume.group !== name)
      for (const pv of state.pvs.filter((one) => one.group === name)) pv.group = ''
      state.vgs = state.vgs.filter((group) => group.name !== name)
    }
    return said(call, call.operands.map((name) => `Volume group "${name}" successfully removed`).join('\n  '))
  },
}

/** `vgchange`, `pvscan`, `vgscan`, `lvmdiskscan`: there is nothing to activate or to find. */
export const quiet: Command<Lvm> = {
  options: {
    ...common,
    '-a --activate': 'value',
    '--cache': 'flag',
    '--sysinit': 'flag',
    '--refresh': 'flag',
    '--mknodes': 'flag',
  },
  run: ({ state, operands }) => {
    for (const name of operands) groupNamed(state, name)
    const count = (name: string) =>
      state.lvs.filter((volume) => volume.group === name && volume.active).length
    return {
      stdout: lines(
        state.vgs.map(
          ({ name }) => `  ${count(name)} logical volume(s) in volume group "${name}" now active`,
        ),
      ),
    }
  },
}
