import proxmoxAccess, { type ProxmoxAccess } from '#facts/proxmox-access.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { aclArgument, aclChange, aclDifference, aclScripts } from '#sdk/proxmox-acl.ts'
import { inOrder, sh } from '#sdk/quote.ts'

const text = (description: string) => t.Optional(t.String({ description }))

const args = t.Args({
  userid: t.String({
    description: 'With its realm: `ops@pve`.',
    pattern: '^[^\\s:/@]+@[A-Za-z][A-Za-z0-9._-]+$',
  }),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: 'Whether the user exists. With a user go its tokens and rights.',
      default: 'present',
    }),
  ),
  comment: text('Notes.'),
  email: text('Where mail goes.'),
  firstname: text('First name.'),
  lastname: text('Last name.'),
  enable: t.Optional(t.Boolean({ description: 'Whether the user may log in.' })),
  expire: t.Optional(
    t.Integer({ description: 'When the account ends, in seconds since 1970; 0: never.', minimum: 0 }),
  ),
  groups: t.Optional(t.Strings({ description: 'All groups of the user.' })),
  acl: aclArgument,
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Manages users of Proxmox VE and what they may do.',
  description: `There is no argument for a password: Proxmox takes one only where everybody can see it in the list of processes.
Give programs a token (\`proxmox_token\`), and people a password by hand: \`pveum passwd ops@pve\`.`,
  args,
  examples: [
    {
      title: 'A user who may look at everything',
      args: { userid: 'monitor@pve', comment: 'Monitoring', acl: [{ path: '/', role: 'PVEAuditor' }] },
    },
    { title: 'Remove a user', args: { userid: 'monitor@pve', state: 'absent' } },
  ],

  probe: ({ args, host }) => host.fact(proxmoxAccess, args.userid),

  plan({ args, state, mode }): readonly Change[] {
    if (state.unsupported && mode === 'apply' && args.state !== 'absent')
      throw new TaskFailure('The host has no Proxmox VE: there is no pvesh.')
    if (state.error !== '')
      throw new TaskFailure(`Proxmox does not say which users there are: ${state.error}`)
    const { user } = state
    if (args.state === 'absent') {
      if (args.userid === 'root@pam') throw new TaskFailure('root@pam cannot be removed.')
      return user ? [{ field: 'state', before: 'present', after: 'absent' }] : []
    }
    const fields = user ? fieldChanges(args, state) : [{ field: 'state', before: 'absent', after: 'present' }]
    return [...fields, ...aclChange(args.acl, state.acl.get(args.userid))]
  },

  async apply({ args, state, changes, host }) {
    const { userid } = args
    if (args.state === 'absent') {
      await host.run(sh`pveum user delete ${userid}`)
      return
    }
    const isNew = state.user === undefined
    const differs = (name: string): boolean => isNew || changes.some(({ field }) => field === name)
    const options = Object.entries(wantedFields(args))
      .filter(([name]) => differs(name))
      .flatMap(([name, value]) => [`--${name}`, value])
    const verb = isNew ? 'add' : 'modify'
    await host.run(
      inOrder([
        isNew || options.length > 0 ? sh`pveum user ${verb} ${userid} ${options}` : undefined,
        ...aclScripts('users', userid, aclDifference(args.acl, state.acl.get(userid))),
      ]),
    )
  },

  touches: () => [{ kind: 'proxmox' }],
})

function wantedFields(args: Args): Readonly<Record<string, string>> {
  const fields = {
    comment: args.comment,
    email: args.email,
    firstname: args.firstname,
    lastname: args.lastname,
    enable: args.enable === undefined ? undefined : String(Number(args.enable)),
    expire: args.expire === undefined ? undefined : String(args.expire),
    groups: args.groups?.toSorted().join(','),
  }
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** What Proxmox leaves out of its list. */
const byDefault: Readonly<Record<string, string>> = { enable: '1', expire: '0' }

function fieldChanges(args: Args, { user }: ProxmoxAccess): readonly Change[] {
  return Object.entries(wantedFields(args)).flatMap(([field, after]) => {
    const present = user?.get(field) ?? byDefault[field] ?? ''
    const before = field === 'groups' ? present.split(',').toSorted().join(',') : present
    return before === after ? [] : [{ field, before, after }]
  })
}
