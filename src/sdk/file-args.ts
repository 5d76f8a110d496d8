import { type Static, t } from './args.ts'
import { attributeArgs } from './file-attributes.ts'

/** The arguments of `file`. */
export const fileArgs = t.Args({
  path: t.Path({ description: 'What it is about, on the host.' }),
  state: t.Optional(
    t.Choice(['file', 'directory', 'link', 'hard', 'touch', 'absent'], {
      description:
        '`file`: exists already, only its attributes count; `directory`: is made, with those above it; `link`, `hard`: leads to `src`; `touch`: is made empty, or gets the present time; `absent`: is removed with all below it. Default: `file`, or `directory` for what is one.',
    }),
  ),
  src: t.Optional(
    t.String({ description: 'What a link leads to, as it shall stand in the link.', minLength: 1 }),
  ),
  ...attributeArgs,
  recurse: t.Optional(
    t.Boolean({ description: 'Owner, group and mode for everything below the folder, too.', default: false }),
  ),
  force: t.Optional(
    t.Boolean({
      description: 'Make a link although `src` does not exist, or in place of a file or an empty folder.',
      default: false,
    }),
  ),
  follow: t.Optional(
    t.Boolean({ description: 'Owner, group and mode are those of what a link leads to.', default: true }),
  ),
  modification_time: t.Optional(
    t.String({
      description: '`preserve`, `now` or a time as `modification_time_format` says (`YYYYMMDDhhmm.ss`).',
    }),
  ),
  access_time: t.Optional(t.String({ description: '`preserve`, `now` or a time as `YYYYMMDDhhmm.ss`.' })),
})

export type FileArgs = Static<typeof fileArgs>

export type FileGoal = NonNullable<FileArgs['state']>
