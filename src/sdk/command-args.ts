import { t } from './args.ts'

/** When a command is needed at all; shared by `command`, `shell` and `script`. */
export const guardArgs = {
  chdir: t.Optional(t.Path({ description: 'The folder to run in.' })),
  creates: t.Optional(
    t.String({
      description: 'Do nothing when this path exists; `*`, `?` and `[…]` stand for other characters.',
    }),
  ),
  removes: t.Optional(
    t.String({ description: 'Do nothing when this path does not exist; a pattern as well.' }),
  ),
  unless: t.Optional(
    t.String({ description: 'Do nothing when this shell command succeeds. It must only read.' }),
  ),
  onlyif: t.Optional(
    t.String({ description: 'Do nothing when this shell command fails. It must only read.' }),
  ),
}

export const inputArgs = {
  stdin: t.Optional(t.String({ description: 'Text for its standard input.' })),
  stdin_add_newline: t.Optional(t.Boolean({ description: 'End that text with a newline.', default: true })),
  strip_empty_ends: t.Optional(
    t.Boolean({ description: 'Take line ends off the end of what it printed.', default: true }),
  ),
}
