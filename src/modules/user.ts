import groupEntry from '#facts/group-entry.ts'
import userEntry from '#facts/user-entry.ts'
import type { Change } from '#model/change.ts'
import { type AccountWish, accountChanges, expiryDate } from '#sdk/account-changes.ts'
import { accountScript } from '#sdk/account-script.ts'
import { type Static, t } from '#sdk/args.ts'
import { given } from '#sdk/given.ts'
import type { ReadHost } from '#sdk/host.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import type { UserEntry } from '#sdk/passwd.ts'
import type { Script } from '#sdk/quote.ts'
import { type KeyPairChoice, showKeyPair } from '#sdk/ssh-key-pair.ts'
import { type Account, removeAccount } from '#sdk/user-commands.ts'

const args = t.Args({
  name: t.String({ description: 'Name of the account.', pattern: '^[^-:,\\s/][^:,\\s/]*$' }),
  state: t.Optional(
    t.Choice(['present', 'absent'], { description: 'Whether the account exists.', default: 'present' }),
  ),
  uid: t.Optional(t.Integer({ description: 'Number of the user.', minimum: 0 })),
  non_unique: t.Optional(t.Boolean({ description: 'Allow a number that another user has.', default: false })),
  group: t.Optional(t.String({ description: 'Primary group, by name or number. It must exist.' })),
  groups: t.Optional(
    t.Strings({
      description: 'Supplementary groups. Without `append` the user leaves all others; `[]` leaves all.',
    }),
  ),
  append: t.Optional(t.Boolean({ description: 'Only join groups, leave none.', default: false })),
  comment: t.Optional(t.String({ description: "The user's full name (GECOS).", pattern: '^[^:\\n]*$' })),
  home: t.Optional(t.Path({ description: 'Home folder.' })),
  move_home: t.Optional(
    t.Boolean({ description: 'Move what the old home folder holds into the new one.', default: false }),
  ),
  create_home: t.Optional(
    t.Boolean({ description: 'Make the home folder when it is missing.', default: true }),
  ),
  skeleton: t.Optional(t.Path({ description: 'Folder whose content a new home folder starts with.' })),
  umask: t.Optional(
    t.String({ description: 'Mask for the mode of a new home folder: `0077`.', pattern: '^[0-7]{1,4}$' }),
  ),
  shell: t.Optional(t.Path({ description: 'Login shell.' })),
  system: t.Optional(
    t.Boolean({ description: 'Make a system account. An existing one stays as it is.', default: false }),
  ),
  password: t.Optional(
    t.Secret({
      description: 'Hash of the password, as crypt(5) writes it; `*` for none.',
      pattern: '^[^:\\n]*$',
    }),
  ),
  update_password: t.Optional(
    t.Choice(['always', 'on_create'], {
      description: 'Whether an existing account gets the password too.',
      default: 'always',
    }),
  ),
  password_lock: t.Optional(t.Boolean({ description: 'Lock or unlock the password (keys still let in).' })),
  password_expire_min: t.Optional(t.Integer({ description: 'Least days between changes of the password.' })),
  password_expire_max: t.Optional(t.Integer({ description: 'Most days between changes of the password.' })),
  password_expire_warn: t.Optional(
    t.Integer({ description: 'Days of warning before the password expires.' }),
  ),
  expires: t.Optional(
    t.Number({
      description: 'When the account expires, in seconds since the epoch; a negative number for never.',
    }),
  ),
  remove: t.Optional(
    t.Boolean({ description: 'With `absent`: remove home folder and mail as well.', default: false }),
  ),
  force: t.Optional(
    t.Boolean({
      description: 'With `absent`: remove the account of a user who is logged in.',
      default: false,
    }),
  ),
  generate_ssh_key: t.Optional(
    t.Boolean({ description: 'Make an SSH key pair, unless there is one.', default: false }),
  ),
  ssh_key_type: t.Optional(t.String({ description: 'Type of the key.', default: 'rsa' })),
  ssh_key_bits: t.Optional(t.Integer({ description: 'Size of the key; the default depends on the type.' })),
  ssh_key_file: t.Optional(
    t.String({ description: 'The private key, relative to the home folder. Default `.ssh/id_<type>`.' }),
  ),
  ssh_key_comment: t.Optional(
    t.String({ description: 'Comment of the key. Default: `tsplay-generated on` the host.' }),
  ),
  ssh_key_passphrase: t.Optional(t.Secret({ description: 'Passphrase of the private key.' })),
})

type Args = Static<typeof args>

interface KeyPair {
  readonly file: string
  readonly publicKey: string
  readonly fingerprint: string
}

interface State {
  readonly entry: UserEntry
  readonly missingGroups: readonly string[]
  /** The name of the group that `group` means. */
  readonly primary: string | undefined
  readonly keyPair: KeyPair | undefined
}

export default defineModule({
  summary: 'Creates, changes and removes user accounts.',
  description:
    'Passwords are given as hashes and travel inside the connection only. On BusyBox systems without usermod, ' +
    'existing accounts can only get a password and join groups.',
  args,
  argumentAliases: { user: 'name', createhome: 'create_home' },
  examples: [
    { title: 'An administrator', args: { name: 'ada', groups: ['sudo'], append: true, shell: '/bin/bash' } },
    {
      title: 'A service account',
      args: { name: 'etcd', system: true, home: '/var/lib/etcd', create_home: false },
    },
    { title: 'Remove an account with its files', args: { name: 'bob', state: 'absent', remove: true } },
  ],

  async probe({ args, host }): Promise<State> {
    const wanted = [...(args.group === undefined ? [] : [args.group]), ...(args.groups ?? [])]
    const [entry, records, keyPair] = await Promise.all([
      host.fact(userEntry, args.name),
      Promise.all(wanted.map((name) => host.fact(groupEntry, name))),
      args.generate_ssh_key ? readKeyPair(host, args) : undefined,
    ])
    const missingGroups = wanted.filter((_name, i) => !records[i])
    return { entry, missingGroups, primary: args.group === undefined ? undefined : records[0]?.name, keyPair }
  },

  plan({ args, state }): readonly Change[] {
    if (args.state === 'absent') {
      return state.entry.exists ? [{ field: 'state', before: 'present', after: 'absent' }] : []
    }
    if (state.missingGroups.length > 0) {
      throw new TaskFailure(`The host has no group ${state.missingGroups.join(', ')}. Create it first.`)
    }
    return [
      ...accountChanges(wishOf(args, state), state.entry),
      ...(args.generate_ssh_key && !state.keyPair
        ? [{ field: 'ssh_key', before: 'absent', after: keyFile(args) }]
        : []),
    ]
  },

  async apply({ args, state, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field))
    const change = host.run(scriptFor({ args, state, fields, host: host.name }))
    if (args.state === 'absent') return change.then(() => undefined)
    // Asked behind the change, in its flight.
    const [, entry, keyPair] = await Promise.all([
      change,
      host.fact(userEntry, args.name),
      args.generate_ssh_key ? readKeyPair(host, args) : undefined,
    ])
    return { entry, keyPair }
  },

  result({ args, state, applied }) {
    const { entry, keyPair } = applied ?? state
    const shown = {
      uid: entry.uid,
      group: entry.gid,
      groups: entry.groups,
      comment: entry.comment,
      home: entry.home,
      shell: entry.shell,
    }
    const key = keyPair && {
      ssh_key_file: keyPair.file,
      ssh_public_key: keyPair.publicKey,
      ssh_fingerprint: keyPair.fingerprint,
    }
    return {
      data: { name: args.name, state: args.state ?? 'present', ...(entry.exists ? shown : {}), ...key },
      ...(looksPlain(args.password)
        ? { warnings: [`The password of ${args.name} does not look like a hash.`] }
        : {}),
    }
  },

  writesOnce: () => true,

  touches: ({ args, state }) => [
    { kind: 'user', name: args.name },
    { kind: 'group' },
    { kind: 'path', name: '/etc/passwd' },
    ...[args.home, state.entry.home].flatMap((name) => (name ? [{ kind: 'path', name } as const] : [])),
  ],
})

const keyFile = (args: Args): string => args.ssh_key_file ?? `.ssh/id_${args.ssh_key_type ?? 'rsa'}`

async function readKeyPair(host: ReadHost, args: Args): Promise<KeyPair | undefined> {
  const { stdout } = await host.read(showKeyPair(args.name, keyFile(args)), {
    reads: [{ kind: 'user', name: args.name }, { kind: 'path' }],
  })
  const [file = '', publicKey = '', fingerprint = ''] = stdout.split('\n')
  return file === '' ? undefined : { file, publicKey, fingerprint }
}

const secondsPerDay = 86_400

/** Undefined: as it is. Empty: never. */
function wantedExpiry({ expires }: Args): string | undefined {
  if (expires === undefined) return undefined
  return expires < 0 ? '' : expiryDate(Math.floor(expires / secondsPerDay))
}

interface Working {
  readonly args: Args
  readonly state: State
  readonly fields: ReadonlySet<string>
  readonly host: string
}

function scriptFor({ args, state, fields, host }: Working): Script {
  const { name, remove = false, force = false } = args
  if (args.state === 'absent') return removeAccount(name, { files: remove, force })
  const { entry, primary } = state
  const groups = args.groups?.filter((group) => group !== (primary ?? entry.group)) ?? []
  return accountScript({
    exists: entry.exists,
    account: accountOf(args),
    fields,
    join: args.append ? groups.filter((group) => !entry.groups.includes(group)) : undefined,
    home: {
      create: args.create_home ?? true,
      move: args.move_home ?? false,
      ...given({ skeleton: args.skeleton, umask: args.umask }),
    },
    password: args.password,
    lock: args.password_lock,
    aging: agingOptions(args, fields),
    keyPair: keyChoice(args, host),
  })
}

function wishOf(args: Args, { primary }: State): AccountWish {
  return {
    ...accountOf(args),
    ...given({
      group: primary,
      password: args.password,
      lock: args.password_lock,
      min: args.password_expire_min,
      max: args.password_expire_max,
      warn: args.password_expire_warn,
    }),
    append: args.append ?? false,
    createHome: args.create_home ?? true,
    passwordOnlyOnCreate: args.update_password === 'on_create',
  }
}

function accountOf(args: Args): Account {
  const { name, uid, group, groups, comment, home, shell } = args
  return {
    name,
    nonUnique: args.non_unique ?? false,
    system: args.system ?? false,
    ...given({
      uid,
      group,
      groups,
      comment,
      home: home && withoutSlash(home),
      shell,
      expires: wantedExpiry(args),
    }),
  }
}

function agingOptions(args: Args, fields: ReadonlySet<string>): readonly (string | number)[] {
  const options = [
    ['password_expire_min', '-m'],
    ['password_expire_max', '-M'],
    ['password_expire_warn', '-W'],
  ] as const
  return options.flatMap(([field, option]) => (fields.has(field) ? [option, args[field] ?? 0] : []))
}

function keyChoice(args: Args, host: string): KeyPairChoice {
  return {
    user: args.name,
    file: keyFile(args),
    type: args.ssh_key_type ?? 'rsa',
    bits: args.ssh_key_bits,
    comment: args.ssh_key_comment ?? `tsplay-generated on ${host}`,
    passphrase: args.ssh_key_passphrase,
  }
}

/** Hashes begin with `$`, are 13 characters of DES, or say that there is none. */
const looksPlain = (password: string | undefined): boolean =>
  password !== undefined && !/^!*([$].+|[./0-9A-Za-z]{13}|[*!x]?)$/.test(password)

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/+$/, '')
