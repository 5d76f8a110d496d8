import knownHosts, { type KnownHostsFile, knownHostsKey } from '#facts/known-hosts.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { folderOf } from '#sdk/host-path.ts'
import { type KnownHost, type KnownHostWish, mergeKnownHosts, parseKnownHost } from '#sdk/known-hosts-text.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'

const args = t.Args({
  name: t.String({
    description: 'The host, as one writes it after `ssh`: `git.example.org`, `[10.0.0.1]:2222`.',
    pattern: '^\\S+$',
  }),
  key: t.Optional(t.String({ description: 'Its key lines, as ssh-keyscan prints them: name, type, key.' })),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: 'Whether the host is known by these keys.',
      default: 'present',
    }),
  ),
  path: t.Optional(t.Path({ description: 'The file.', default: '~/.ssh/known_hosts' })),
  hash_host: t.Optional(t.Boolean({ description: "Hide the host's name by a hash.", default: false })),
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Keeps the keys of other hosts in known_hosts files.',
  args,
  argumentAliases: { host: 'name' },
  examples: [
    {
      title: 'Know a host for all users',
      args: {
        name: 'git.example.org',
        key: 'git.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI',
        path: '/etc/ssh/ssh_known_hosts',
      },
    },
    { title: 'Forget a host', args: { name: 'old.example.org', state: 'absent' } },
  ],

  probe: ({ args, host }) => host.fact(knownHosts, knownHostsKey(pathOf(args), args.name)),

  plan({ args, state }): readonly Change[] {
    if (args.state !== 'absent' && args.key === undefined) {
      throw new TaskFailure('`key` is missing: it says by what key the host is known.')
    }
    const { kept, added } = mergeKnownHosts(state.text, state.lines, wishOf(args))
    const after = textOf([...kept, ...added])
    // To hide a name that stands there in plain changes the file, although the text in plain is the same.
    const hides = args.hash_host && added.length > 0
    if (after === textOf(linesOf(state.text)) && !hides) return []
    const before = state.exists ? state.text : undefined
    return [
      {
        field: 'key',
        before: state.lines.length > 0 ? 'present' : 'absent',
        after: args.state ?? 'present',
        diff: { path: state.path, before, after },
      },
    ]
  },

  async apply({ args, state, host }) {
    const { kept, added } = mergeKnownHosts(state.text, state.lines, wishOf(args))
    const hashed =
      args.hash_host && added.length > 0 ? (await host.run(hashing(added))).stdout : textOf(added)
    const folder = folderOf(state.path)
    const isNew = !state.exists
    // Both leave in one flight, in this order.
    await Promise.all([
      ...(state.folderExists ? [] : [host.run(sh`mkdir -p -m 700 ${folder}`)]),
      host.write({
        path: state.path,
        content: `${textOf(kept)}${hashed}`,
        // Keys of hosts are public, and a file for all users is of use only when all can read it.
        mode: isNew ? 0o644 : state.mode,
        ...(isNew ? {} : { owner: state.uid, group: state.gid }),
      }),
    ])
  },

  touches: ({ state }: { state: KnownHostsFile }) => [{ kind: 'path', name: state.path }],
})

const pathOf = ({ path = '~/.ssh/known_hosts' }: Args): string => path

function wishOf(args: Args): KnownHostWish {
  const lines = (args.key ?? '').split('\n').filter((line) => !/^\s*(#|$)/.test(line))
  const keys = lines.map((line) => keyOf(line, args.name))
  return { host: args.name, keys, state: args.state ?? 'present', hash: args.hash_host ?? false }
}

function keyOf(line: string, host: string): KnownHost {
  const key = parseKnownHost(line)
  if (!key) throw new TaskFailure(`This is no line of known_hosts: ${line.trim().slice(0, 60)}`)
  if (!key.names.startsWith('|') && !key.names.split(',').includes(host)) {
    throw new TaskFailure(`The key is one of ${key.names}, not of ${host}.`)
  }
  return key
}

const linesOf = (text: string): readonly string[] =>
  text.split('\n').filter((line, i, all) => line !== '' || i < all.length - 1)

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

/** ssh-keygen hashes whole files only. */
const hashing = (lines: readonly string[]) => sh`folder=$(mktemp -d) && trap 'rm -rf "$folder"' 0 &&
printf '%s' ${textOf(lines)} >"$folder/known_hosts" &&
ssh-keygen -q -H -f "$folder/known_hosts" >/dev/null && cat "$folder/known_hosts"`
