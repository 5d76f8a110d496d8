import { type Static, t } from './args.ts'

/** The arguments of `user`. */
export const userArgs = t.Args({
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

export type UserArgs = Static<typeof userArgs>
