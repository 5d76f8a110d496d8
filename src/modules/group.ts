import groupEntry from '#facts/group-entry.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'
import { type Script, sh } from '#sdk/quote.ts'

const args = t.Args({
  name: t.String({ description: 'Name of the group.', pattern: '^[^-:,\\s][^:,\\s]*$' }),
  state: t.Optional(
    t.Choice(['present', 'absent'], { description: 'Whether the group exists.', default: 'present' }),
  ),
  gid: t.Optional(t.Integer({ description: 'Number of the group.', minimum: 0 })),
  system: t.Optional(
    t.Boolean({ description: 'Take a new number from the range of system groups.', default: false }),
  ),
  non_unique: t.Optional(
    t.Boolean({ description: 'Allow a number that another group has.', default: false }),
  ),
  force: t.Optional(
    t.Boolean({ description: "Remove a group even when it is some user's primary one.", default: false }),
  ),
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Creates, renumbers and removes groups of users.',
  args,
  examples: [
    { title: 'Create a system group', args: { name: 'etcd', system: true } },
    { title: 'Remove a group', args: { name: 'oldteam', state: 'absent' } },
  ],

  probe: ({ args, host }) => host.fact(groupEntry, args.name),

  plan({ args, state }): readonly Change[] {
    if (args.state === 'absent') {
      return state ? [{ field: 'state', before: 'present', after: 'absent' }] : []
    }
    if (!state) {
      const gid = args.gid === undefined ? [] : [{ field: 'gid', before: undefined, after: args.gid }]
      return [{ field: 'state', before: 'absent', after: 'present' }, ...gid]
    }
    if (args.gid === undefined || args.gid === state.gid) return []
    return [{ field: 'gid', before: state.gid, after: args.gid }]
  },

  async apply({ host, args, state }) {
    const script = args.state === 'absent' ? removal(args) : state ? renumbering(args) : creation(args)
    // Asked behind the change, in its flight.
    const [, entry] = await Promise.all([host.run(script), host.fact(groupEntry, args.name)])
    return entry
  },

  result({ args, state, applied }) {
    const entry = applied ?? state
    return {
      data: { name: args.name, state: args.state ?? 'present', ...(entry ? { gid: entry.gid } : {}) },
    }
  },

  writesOnce: () => true,

  touches: ({ args }) => [
    { kind: 'group', name: args.name },
    { kind: 'user' },
    { kind: 'path', name: '/etc/group' },
  ],
})

/** BusyBox systems have addgroup and delgroup instead. */
function creation({ name, gid, system, non_unique }: Args): Script {
  const shadow = [
    ...(system ? ['-r'] : []),
    ...(gid === undefined ? [] : ['-g', gid]),
    ...(non_unique ? ['-o'] : []),
  ]
  const busybox = [...(system ? ['-S'] : []), ...(gid === undefined ? [] : ['-g', gid])]
  return sh`if command -v groupadd >/dev/null 2>&1; then groupadd ${shadow} ${name}; else addgroup ${busybox} ${name}; fi`
}

function renumbering({ name, gid = 0, non_unique }: Args): Script {
  return sh`groupmod -g ${gid} ${non_unique ? ['-o'] : []} ${name}`
}

function removal({ name, force }: Args): Script {
  return sh`if command -v groupdel >/dev/null 2>&1; then groupdel ${force ? ['-f'] : []} ${name}; else delgroup ${name}; fi`
}
