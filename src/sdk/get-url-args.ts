import { type Static, t } from './args.ts'
import { attributeArgs } from './file-attributes.ts'
import { httpArgs } from './http-args.ts'

/** The arguments of `get_url`. */
export const getUrlArgs = t.Args({
  ...httpArgs,
  dest: t.Path({ description: 'The file on the host; in a folder, it is called as in the address.' }),
  checksum: t.Optional(
    t.String({
      description:
        '`sha256:<hex>`, or `sha256:<address>` of a list of sums that names the file. A file that has it is not asked for again.',
    }),
  ),
  force: t.Optional(
    t.Boolean({
      description: 'Ask for the file although it is there, and whatever its age.',
      default: false,
    }),
  ),
  backup: t.Optional(
    t.Boolean({ description: 'Keep the old file beside it, with a time stamp.', default: false }),
  ),
  ...attributeArgs,
})

export type GetUrlArgs = Static<typeof getUrlArgs>
