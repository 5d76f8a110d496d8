import blockDevice, { type BlockDevice } from '#facts/block-device.ts'
import lvm, { type Lvm } from '#facts/lvm.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { inOrder, sh } from '#sdk/quote.ts'

const args = t.Args({
  vg: t.String({ description: 'The volume group.', pattern: '^[A-Za-z0-9_+.][A-Za-z0-9_+.-]*$' }),
  pvs: t.Optional(
    t.Strings({
      description: 'Devices it shall have: `/dev/disk/by-id/…`. Further ones stay and are reported.',
    }),
  ),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: '`absent` removes the group, and needs `allow_destroy`.',
      default: 'present',
    }),
  ),
  pesize: t.Optional(t.String({ description: 'Size of its extents, when it is made: `4M`.' })),
  allow_destroy: t.Optional(
    t.Boolean({
      description: 'Allow `state: absent` to remove the group; one that has volumes stays.',
      default: false,
    }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly lvm: Lvm
  readonly devices: readonly BlockDevice[]
}

export default defineModule({
  summary: 'Makes LVM volume groups and gives them devices.',
  description: `Devices are taken when nothing is on them, or when they are physical volumes without a group. A device is
never taken away from a group: one that is not named is reported.`,
  args,
  argumentAliases: { name: 'vg' },
  examples: [
    {
      title: 'A group on one disk',
      args: { vg: 'pve', pvs: ['/dev/disk/by-id/ata-EXAMPLE_SERIAL1234-part3'] },
    },
    { title: 'Be sure that a group is there', args: { vg: 'pve' } },
  ],

  async probe({ args, host }): Promise<State> {
    const [all, ...devices] = await Promise.all([
      host.fact(lvm),
      ...(args.pvs ?? []).map((path) => host.fact(blockDevice, path)),
    ])
    return { lvm: all, devices }
  },

  plan({ args, state, mode }): readonly Change[] {
    if (state.lvm.unsupported && mode === 'apply' && args.state !== 'absent')
      throw new TaskFailure('The host has no LVM; install lvm2 first.')
    const group = state.lvm.groups.find(({ name }) => name === args.vg)
    if (args.state === 'absent') return group ? removal(args, state.lvm) : []
    const missing = missingDevices(args, state)
    for (const device of missing) checkFree(args, device, state.lvm)
    if (group) return missing.length === 0 ? [] : [devicesChange(args, state, missing)]
    if (!args.pvs?.length && !state.lvm.unsupported) {
      const others = state.lvm.groups.map(({ name }) => name).join(', ') || 'none'
      throw new TaskFailure(
        `There is no volume group ${args.vg}; the host has ${others}. Correct the name, or say in \`pvs\` what to make it of.`,
      )
    }
    return [{ field: 'state', before: 'absent', after: 'present' }]
  },

  async apply({ args, state, changes, host }) {
    if (args.state === 'absent') {
      await host.run(sh`vgremove -qq ${args.vg}`)
      return
    }
    const devices = missingDevices(args, state)
    const isNew = changes.some(({ field }) => field === 'state')
    const extents = isNew && args.pesize !== undefined ? ['-s', args.pesize] : []
    const fresh = devices.filter(({ real }) => !physicalVolume(state.lvm, real)).map(({ path }) => path)
    const paths = devices.map(({ path }) => path)
    await host.run(
      inOrder([
        fresh.length > 0 ? sh`pvcreate -qq ${fresh}` : undefined,
        isNew ? sh`vgcreate -qq ${extents} ${args.vg} ${paths}` : sh`vgextend -qq ${args.vg} ${paths}`,
      ]),
    )
  },

  result({ args, state }) {
    const wanted = new Set(state.devices.map(({ real }) => real))
    const further = state.lvm.physicalVolumes
      .filter(
        ({ name, group }) => group === args.vg && args.pvs && !wanted.has(name) && !args.pvs.includes(name),
      )
      .map(({ name }) => name)
    const group = state.lvm.groups.find(({ name }) => name === args.vg)
    return {
      data: { vg: args.vg, ...(group ? { size: group.size, free: group.free } : {}) },
      warnings: further.map((name) => `${args.vg} also has ${name}, which the task does not name. It stays.`),
    }
  },

  touches: () => [{ kind: 'storage' }],
})

const physicalVolume = (all: Lvm, real: string) => all.physicalVolumes.find(({ name }) => name === real)

/** LVM may know a device under the name it was given, or under its real one. */
function missingDevices({ vg }: Args, { lvm: all, devices }: State): readonly BlockDevice[] {
  const members = new Set(all.physicalVolumes.filter(({ group }) => group === vg).map(({ name }) => name))
  return devices.filter(({ path, real }) => !members.has(path) && !members.has(real))
}

function devicesChange({ vg }: Args, { lvm: all }: State, missing: readonly BlockDevice[]): Change {
  const before = all.physicalVolumes.filter(({ group }) => group === vg).map(({ name }) => name)
  return { field: 'pvs', before, after: [...before, ...missing.map(({ path }) => path)] }
}

function checkFree({ vg }: Args, { path, real, kind, signatures, known }: BlockDevice, all: Lvm): void {
  const owner = physicalVolume(all, real)?.group ?? ''
  if (owner !== '')
    throw new TaskFailure(`${path} belongs to the volume group ${owner} already, not to ${vg}.`)
  if (kind === 'absent' || kind === 'other') throw new TaskFailure(`The device ${path} does not exist.`)
  if (!known) throw new TaskFailure(`Nothing on the host can tell what is on ${path}: wipefs failed.`)
  const others = signatures.filter((type) => type !== 'LVM2_member')
  if (others.length > 0) {
    throw new TaskFailure(
      `${path} is not empty: it holds ${others.join(', ')}. tsplay takes empty devices only.`,
    )
  }
}

function removal({ vg, allow_destroy: allowed }: Args, all: Lvm): readonly Change[] {
  if (!allowed) {
    throw new TaskFailure(
      `The volume group ${vg} exists. Say \`allow_destroy: true\` if it shall be removed.`,
    )
  }
  const volumes = all.volumes.filter(({ group }) => group === vg).map(({ name }) => name)
  if (volumes.length > 0) {
    throw new TaskFailure(
      `The volume group ${vg} is not removed while it has volumes: ${volumes.join(', ')}.`,
    )
  }
  return [{ field: 'state', before: 'present', after: 'absent' }]
}
