import { type Static, t } from './args.ts'
import { attributeArgs } from './file-attributes.ts'

/** The arguments of `unarchive`. */
export const unarchiveArgs = t.Args({
  src: t.String({
    description:
      'The archive: a file of the controller, or with `remote_src` a file of the host or an address.',
    minLength: 1,
  }),
  dest: t.Path({ description: 'The folder of the host to unpack into; it must be there.' }),
  remote_src: t.Optional(
    t.Boolean({ description: '`src` is on the host, or an address to download there.', default: false }),
  ),
  creates: t.Optional(
    t.String({ description: 'Nothing is unpacked when this path or pattern finds a file.' }),
  ),
  include: t.Optional(t.Strings({ description: 'Only these paths of the archive; patterns of the shell.' })),
  exclude: t.Optional(t.Strings({ description: 'Not these paths of the archive; patterns of the shell.' })),
  extra_opts: t.Optional(
    t.Strings({ description: 'More options for tar or unzip: `--strip-components=1`, `-j`.' }),
  ),
  keep_newer: t.Optional(
    t.Boolean({ description: 'Leave files alone that are newer on the host.', default: false }),
  ),
  list_files: t.Optional(
    t.Boolean({ description: 'Register the names in the archive as `files`.', default: false }),
  ),
  validate_certs: t.Optional(t.Boolean({ description: "Check the server's certificate.", default: true })),
  ...attributeArgs,
})

export type UnarchiveArgs = Static<typeof unarchiveArgs>
