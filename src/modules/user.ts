import groupEntry from '#facts/group-entry.ts'
import userEntry from '#facts/user-entry.ts'
import type { Change } from '#model/change.ts'
import { type AccountWish, accountChanges, expiryDate } from '#sdk/account-changes.ts'
import { accountScript } from '#sdk/account-script.ts'
import { given } from '#sdk/given.ts'
import type { ReadHost } from '#sdk/host.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import type { UserEntry } from '#sdk/passwd.ts'
import type { Script } from '#sdk/quote.ts'
import { type KeyPairChoice, showKeyPair } from '#sdk/ssh-key-pair.ts'
import { type UserArgs, userArgs } from '#sdk/user-args.ts'
import { type Account, removeAccount } from '#sdk/user-commands.ts'

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
  args: userArgs,
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

const keyFile = (args: UserArgs): string => args.ssh_key_file ?? `.ssh/id_${args.ssh_key_type ?? 'rsa'}`

async function readKeyPair(host: ReadHost, args: UserArgs): Promise<KeyPair | undefined> {
  const { stdout } = await host.read(showKeyPair(args.name, keyFile(args)), {
    reads: [{ kind: 'user', name: args.name }, { kind: 'path' }],
  })
  const [file = '', publicKey = '', fingerprint = ''] = stdout.split('\n')
  return file === '' ? undefined : { file, publicKey, fingerprint }
}

const secondsPerDay = 86_400

/** Undefined: as it is. Empty: never. */
function wantedExpiry({ expires }: UserArgs): string | undefined {
  if (expires === undefined) return undefined
  return expires < 0 ? '' : expiryDate(Math.floor(expires / secondsPerDay))
}

interface Working {
  readonly args: UserArgs
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

function wishOf(args: UserArgs, { primary }: State): AccountWish {
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

function accountOf(args: UserArgs): Account {
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

function agingOptions(args: UserArgs, fields: ReadonlySet<string>): readonly (string | number)[] {
  const options = [
    ['password_expire_min', '-m'],
    ['password_expire_max', '-M'],
    ['password_expire_warn', '-W'],
  ] as const
  return options.flatMap(([field, option]) => (fields.has(field) ? [option, args[field] ?? 0] : []))
}

function keyChoice(args: UserArgs, host: string): KeyPairChoice {
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
