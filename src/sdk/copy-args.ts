import { type Static, t } from './args.ts'
import { attributeArgs } from './file-attributes.ts'

/** The arguments of `copy`. */
export const copyArgs = t.Args({
  src: t.Optional(
    t.String({
      description:
        'A file or folder of the controller (or of the host, with `remote_src`). With a slash at the end, what the folder holds is copied, not the folder.',
      minLength: 1,
    }),
  ),
  content: t.Optional(
    t.Any({ description: 'Text to write instead of a file; a mapping or list becomes JSON.' }),
  ),
  dest: t.Path({
    description: 'Where it goes. A folder, or a path that ends with a slash, takes it in under its name.',
  }),
  ...attributeArgs,
  mode: t.Optional(
    t.Mode({
      description:
        'Permissions of the files: `"0644"`, `"u=rw,g=r,o="`, or `preserve` for those of the source.',
    }),
  ),
  directory_mode: t.Optional(t.Mode({ description: 'Permissions of folders that are made.' })),
  remote_src: t.Optional(t.Boolean({ description: '`src` is on the host.', default: false })),
  force: t.Optional(t.Boolean({ description: 'Replace a file that differs.', default: true })),
  decrypt: t.Optional(
    t.Boolean({
      description: 'Write what a vault file of the controller holds, not the file itself.',
      default: true,
    }),
  ),
  backup: t.Optional(
    t.Boolean({ description: 'Keep the old file beside it, with a time stamp.', default: false }),
  ),
  validate: t.Optional(
    t.String({
      description: 'A command that checks the new file, with `%s` for its path, before it takes its place.',
    }),
  ),
  follow: t.Optional(
    t.Boolean({ description: 'Write to the file behind a link, not in its place.', default: false }),
  ),
  local_follow: t.Optional(
    t.Boolean({
      description: 'Links in a source folder: copy what they lead to, not the links.',
      default: true,
    }),
  ),
  checksum: t.Optional(
    t.String({
      description: 'What the source must have as its SHA-1, SHA-256 or MD5 sum.',
      pattern: '^[0-9a-fA-F]{32,64}$',
    }),
  ),
})

export type CopyArgs = Static<typeof copyArgs>
