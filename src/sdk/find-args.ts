import { type Static, t } from './args.ts'

/** The arguments of `find`. */
export const findArgs = t.Args({
  paths: t.Strings({ description: 'The folders to look into, on the host.', minItems: 1 }),
  patterns: t.Optional(
    t.Strings({
      description: 'Shell patterns, or regular expressions with `use_regex`, of names. Default: every name.',
    }),
  ),
  excludes: t.Optional(t.Strings({ description: 'Patterns of names to leave out.' })),
  use_regex: t.Optional(
    t.Boolean({
      description: 'The patterns are regular expressions, matched from the start of the name.',
      default: false,
    }),
  ),
  contains: t.Optional(
    t.String({ description: 'A regular expression that must match at the start of a line of the file.' }),
  ),
  read_whole_file: t.Optional(
    t.Boolean({ description: '`contains` is looked for anywhere in the whole text.', default: false }),
  ),
  file_type: t.Optional(
    t.Choice(['any', 'directory', 'file', 'link'], { description: 'What to find.', default: 'file' }),
  ),
  recurse: t.Optional(t.Boolean({ description: 'Look into the folders below, too.', default: false })),
  depth: t.Optional(t.Integer({ description: 'How many levels to look into, with `recurse`.', minimum: 1 })),
  hidden: t.Optional(t.Boolean({ description: 'Find names that begin with a dot, too.', default: false })),
  follow: t.Optional(t.Boolean({ description: 'Look behind links to folders, too.', default: false })),
  age: t.Optional(
    t.String({
      description: 'Only what is older: `2d`, `1w`, `90s`; with a minus, what is younger.',
      pattern: '^-?\\d+[smhdw]?$',
    }),
  ),
  age_stamp: t.Optional(
    t.Choice(['atime', 'ctime', 'mtime'], { description: 'Which time `age` is about.', default: 'mtime' }),
  ),
  size: t.Optional(
    t.String({
      description: 'Only what is at least as large: `10m`, `1g`; with a minus, at most.',
      pattern: '^-?\\d+[bkmgtBKMGT]?$',
    }),
  ),
  mode: t.Optional(t.Mode({ description: 'Only what has these permissions.' })),
  exact_mode: t.Optional(
    t.Boolean({ description: 'No permissions besides those of `mode`.', default: true }),
  ),
  get_checksum: t.Optional(t.Boolean({ description: 'Tell the SHA-1 sums of files.', default: false })),
  limit: t.Optional(t.Integer({ description: 'Tell this many at most.', minimum: 1 })),
})

export type FindArgs = Static<typeof findArgs>
