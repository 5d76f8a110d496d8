import { type Static, t } from './args.ts'

/** The arguments of `synchronize`. */
export const syncArgs = t.Args({
  src: t.String({
    description:
      'The folder or file to copy from. With a slash at the end, what the folder holds is copied, not the folder.',
    minLength: 1,
  }),
  dest: t.String({ description: 'Where it goes.', minLength: 1 }),
  mode: t.Optional(
    t.Choice(['push', 'pull'], {
      description: 'From the controller to the host, or the other way.',
      default: 'push',
    }),
  ),
  delete: t.Optional(
    t.Boolean({
      description: 'Remove what only the destination has, excluded names excepted.',
      default: false,
    }),
  ),
  exclude: t.Optional(
    t.Strings({
      description: 'Shell patterns of names, or of paths below the folder, to leave alone on both sides.',
    }),
  ),
  perms: t.Optional(t.Boolean({ description: 'Permissions shall be the same.', default: true })),
  existing_only: t.Optional(t.Boolean({ description: 'Make no new files, only replace.', default: false })),
  rsync_opts: t.Optional(
    t.Strings({
      description:
        'Options of rsync, for old playbooks: `--exclude=…`, `--delete`, `--existing` and those that only change how it works.',
    }),
  ),
})

export type SyncArgs = Static<typeof syncArgs>
