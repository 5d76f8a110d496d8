import { refuse } from '#doubles/answer.ts'
import { makeDevice, removeDevice } from '#doubles/devices.ts'
import type { Command } from '#doubles/double.ts'
import { common, said } from './lvm-groups.ts'
import { requireNew } from './lvm-space.ts'
import { devicePath, failed, groupNamed, type LogicalVolume, type Lvm, volumeNamed } from './lvm-state.ts'

/** `lvremove vg/lv…`; a pool goes with its volumes. */
export const lvremove: Command<Lvm> = {
  options: common,
  run: async (call) => {
    const { state, options, host } = call
    const named = call.operands.flatMap((text) => namedVolumes(state, text))
    const lost = state.lvs.filter(
      (one) =>
        named.includes(one) || named.some((pool) => pool.name === one.pool && pool.group === one.group),
    )
    if (!options.has('y') && !options.has('f')) {
      const [first] = lost
      return refuse(
        failed,
        `Do you really want to remove active logical volume ${first?.group}/${first?.name}? [y/n]: [n]\n  Logical volume ${first?.group}/${first?.name} not removed.`,
      )
    }
    for (const volume of lost) await removeDevice(host, devicePath(volume))
    state.lvs = state.lvs.filter((volume) => !lost.includes(volume))
    return said(call, lost.map(({ name }) => `Logical volume "${name}" successfully removed.`).join('\n  '))
  },
}

/** A whole group's volumes by its name. */
function namedVolumes(state: Lvm, text: string): LogicalVolume[] {
  const plain = text.replace(/^\/dev\//, '')
  if (plain.includes('/')) return [volumeNamed(state, text)]
  const group = groupNamed(state, plain)
  return state.lvs.filter((volume) => volume.group === group.name)
}

/** `lvrename vg old new` or `lvrename vg/old vg/new`. */
export const lvrename: Command<Lvm> = {
  options: common,
  run: async (call) => {
    const words =
      call.operands.length === 3
        ? [`${call.operands[0]}/${call.operands[1]}`, call.operands[2] ?? '']
        : call.operands
    const volume = volumeNamed(call.state, words[0] ?? '')
    const name = (words[1] ?? '').split('/').at(-1) ?? ''
    requireNew(call.state, groupNamed(call.state, volume.group), name)
    const before = volume.name
    await removeDevice(call.host, devicePath(volume))
    volume.name = name
    if (volume.kind !== 'thin-pool') await makeDevice(call.host, devicePath(volume), volume.bytes)
    return said(call, `Renamed "${before}" to "${name}" in volume group "${volume.group}"`)
  },
}

export const lvchange: Command<Lvm> = {
  options: {
    ...common,
    '-a --activate': 'value',
    '-p --permission': 'value',
    '-k --setactivationskip': 'value',
    '-K --ignoreactivationskip': 'flag',
    '--refresh': 'flag',
  },
  run: ({ state, options, operands }) => {
    for (const volume of operands.flatMap((text) => namedVolumes(state, text))) {
      const [active, permission] = [options.text('a'), options.text('p')]
      if (active !== undefined) volume.active = !active.includes('n')
      if (permission !== undefined) volume.isReadOnly = permission === 'r'
      volume.tags = [...volume.tags, ...options.texts('addtag')].filter(
        (tag) => !options.texts('deltag').includes(tag),
      )
    }
    return {}
  },
}
