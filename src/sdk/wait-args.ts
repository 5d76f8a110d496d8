import { type Static, t } from './args.ts'

/** The arguments of `wait_for`. */
export const waitArgs = t.Args({
  port: t.Optional(t.Integer({ description: 'The port to wait for.', minimum: 1, maximum: 65_535 })),
  host: t.Optional(
    t.String({ description: 'Whose port it is, as seen from the host.', default: '127.0.0.1' }),
  ),
  path: t.Optional(t.Path({ description: 'The file to wait for, instead of a port.' })),
  state: t.Optional(
    t.Choice(['started', 'present', 'stopped', 'absent', 'drained'], {
      description:
        'What to wait for: the port is open (`started`), closed (`stopped`), or has no connections (`drained`); the file is there (`present`) or not (`absent`).',
      default: 'started',
    }),
  ),
  search_regex: t.Optional(
    t.String({
      description: 'What the file, or what the port says first, must match. `^` and `$` match at each line.',
    }),
  ),
  timeout: t.Optional(t.Number({ description: 'Seconds after which it fails.', minimum: 0, default: 300 })),
  delay: t.Optional(
    t.Number({ description: 'Seconds to wait before the first look.', minimum: 0, default: 0 }),
  ),
  sleep: t.Optional(t.Number({ description: 'Seconds between two looks.', minimum: 0.01, default: 1 })),
  connect_timeout: t.Optional(
    t.Integer({ description: 'Seconds that one connection may take.', minimum: 1, default: 5 }),
  ),
  exclude_hosts: t.Optional(
    t.Strings({ description: 'Addresses whose connections do not count for `drained`.' }),
  ),
  msg: t.Optional(t.String({ description: 'What to say when it takes too long.' })),
})

export type WaitArgs = Static<typeof waitArgs>
