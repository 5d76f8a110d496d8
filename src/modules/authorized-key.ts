import authorizedKeys, { type AuthorizedKeysFile, authorizedKeysKey } from '#facts/authorized-keys.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { type AuthorizedKey, mergeKeys, parseAuthorizedKey } from '#sdk/authorized-keys.ts'
import type { ReadHost } from '#sdk/host.ts'
import { folderOf } from '#sdk/host-path.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'

const args = t.Args({
  user: t.String({ description: 'The user who may log in with the keys.', minLength: 1 }),
  key: t.String({
    description: 'Public keys, one a line, or a URL that gives them: `https://github.com/ada.keys`.',
  }),
  state: t.Optional(
    t.Choice(['present', 'absent'], { description: 'Whether the keys are authorized.', default: 'present' }),
  ),
  exclusive: t.Optional(
    t.Boolean({
      description: 'Remove all other keys; give all keys that shall stay at once.',
      default: false,
    }),
  ),
  key_options: t.Optional(
    t.String({
      description: 'Options before each key: `from="10.0.0.0/8",no-pty`. Default: those in `key`.',
    }),
  ),
  comment: t.Optional(t.String({ description: 'Comment behind each key. Default: those in `key`.' })),
  path: t.Optional(t.Path({ description: 'The file. Default: `~/.ssh/authorized_keys` of the user.' })),
  manage_dir: t.Optional(
    t.Boolean({
      description: 'Make the folder of the file, with mode 0700, when it is missing.',
      default: true,
    }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly file: AuthorizedKeysFile
  /** The keys as text, fetched when they were given as a URL. */
  readonly text: string
}

export default defineModule({
  summary: 'Authorizes SSH keys for users.',
  args,
  examples: [
    {
      title: 'Authorize a key',
      args: { user: 'ada', key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI ada@laptop' },
    },
    {
      title: 'These keys and no others',
      args: { user: 'root', key: 'https://github.com/ada.keys', exclusive: true },
    },
  ],

  async probe({ args, host }): Promise<State> {
    const [file, text] = await Promise.all([
      host.fact(authorizedKeys, authorizedKeysKey(args.user, args.path)),
      isUrl(args.key) ? fetchKeys(host, args.key) : args.key,
    ])
    return { file, text }
  },

  plan({ args, state }): readonly Change[] {
    const { userExists, path, text: before, folderExists } = state.file
    if (!userExists) throw new TaskFailure(`The host has no user ${args.user}.`)
    const after = mergeKeys(before ?? '', wishOf(args, state.text))
    if (after === (before ?? '')) return []
    if (!folderExists && args.manage_dir === false) {
      throw new TaskFailure(`The folder ${folderOf(path)} does not exist, and manage_dir is false.`)
    }
    return [{ field: 'keys', before: count(before), after: count(after), diff: { path, before, after } }]
  },

  async apply({ args, state, host }) {
    const { file, text } = state
    const folder = folderOf(file.path)
    const owner = `${file.uid}:${file.gid}`
    const content = mergeKeys(file.text ?? '', wishOf(args, text))
    // Both leave in one flight, in this order.
    await Promise.all([
      ...(file.folderExists ? [] : [host.run(sh`mkdir -p -m 700 ${folder} && chown ${owner} ${folder}`)]),
      host.write({ path: file.path, content, mode: file.mode, owner: file.uid, group: file.gid }),
    ])
  },

  result: ({ args, state }) => ({
    data: { user: args.user, keyfile: state.file.path, state: args.state ?? 'present' },
  }),

  touches: ({ state }) => [{ kind: 'path', name: state.file.path }],
})

const isUrl = (key: string): boolean => /^https?:\/\/\S+$/.test(key.trim())

async function fetchKeys(host: ReadHost, url: string): Promise<string> {
  const { rc, stdout, stderr } = await host.read(
    sh`if command -v curl >/dev/null 2>&1; then curl -fsSL ${url.trim()}; else wget -qO- ${url.trim()}; fi`,
    { reads: [{ kind: 'network' }] },
  )
  if (rc !== 0) throw new TaskFailure(`${url} cannot be fetched: ${stderr.trim() || `exit code ${rc}`}`)
  return stdout
}

function wishOf(args: Args, text: string) {
  const keys = text.split('\n').flatMap((line) => keyOf(line, args))
  if (keys.length === 0 && !args.exclusive) throw new TaskFailure('`key` holds no SSH key.')
  return { keys, state: args.state ?? 'present', exclusive: args.exclusive ?? false } as const
}

function keyOf(line: string, args: Args): readonly AuthorizedKey[] {
  if (/^\s*(#|$)/.test(line)) return []
  const key = parseAuthorizedKey(line)
  if (!key) throw new TaskFailure(`This is no SSH key: ${line.trim().slice(0, 60)}`)
  return [{ ...key, options: args.key_options ?? key.options, comment: args.comment ?? key.comment }]
}

const count = (text: string | undefined): number =>
  (text ?? '').split('\n').filter((line) => parseAuthorizedKey(line)).length
