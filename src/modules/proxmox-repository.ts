import aptSources, { type AptSource } from '#facts/apt-sources.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { deb822Text, parseDeb822 } from '#sdk/deb822.ts'
import { isEnabled, setEnabled, splitStanzas } from '#sdk/deb822-stanzas.ts'
import { defineModule } from '#sdk/module.ts'

const args = t.Args({
  repository: t.Choice(['enterprise', 'no-subscription', 'test'], {
    description: '`enterprise` needs a subscription.',
  }),
  product: t.Optional(
    t.Choice(['pve', 'ceph-squid'], { description: 'Proxmox VE itself, or Ceph.', default: 'pve' }),
  ),
  state: t.Optional(
    t.Choice(['enabled', 'disabled'], {
      description: 'Whether apt takes packages from it. A disabled one stays in its file.',
      default: 'enabled',
    }),
  ),
  suite: t.Optional(t.String({ description: 'The release of Debian.', default: 'trixie' })),
  uri: t.Optional(t.String({ description: 'Another server. Default: that of Proxmox.' })),
  signed_by: t.Optional(
    t.Path({ description: 'The keyring.', default: '/usr/share/keyrings/proxmox-archive-keyring.gpg' }),
  ),
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Enables and disables the package repositories of Proxmox VE.',
  description: `\`Enabled\` is set in the very stanza that has the repository, whichever file it stands in; all else stays as it is.
In old \`.list\` files a repository that shall be off is commented out. Refresh the package lists afterwards (\`apt\`,
\`update_cache\`).`,
  args,
  examples: [
    { title: 'Without a subscription', args: { repository: 'no-subscription' } },
    { title: 'Turn the other one off', args: { repository: 'enterprise', state: 'disabled' } },
    { title: 'Ceph likewise', args: { product: 'ceph-squid', repository: 'enterprise', state: 'disabled' } },
  ],

  probe: ({ host }) => host.fact(aptSources),

  plan: ({ args, state }): readonly Change[] =>
    wantedFiles(args, state).map(({ path, before, after }) => ({
      field: path,
      before: stateIn(args, before),
      after: stateIn(args, after),
      diff: { path, before, after },
    })),

  async apply({ args, state, host }) {
    const files = wantedFiles(args, state)
    await Promise.all(files.map(({ path, after }) => host.write({ path, content: after, mode: 0o644 })))
  },

  touches: ({ args }) => [
    { kind: 'path', name: '/etc/apt' },
    { kind: 'path', name: homeOf(args) },
    { kind: 'package' },
  ],
})

interface WantedFile {
  readonly path: string
  /** Undefined: there is none. */
  readonly before: string | undefined
  readonly after: string
}

function wantedFiles(args: Args, sources: readonly AptSource[]): readonly WantedFile[] {
  const enabled = args.state !== 'disabled'
  const isWanted = (text: string): boolean => provides(args, parseDeb822(text))
  const there = sources.some(
    ({ path, text }) => path.endsWith('.sources') && splitStanzas(text).some(isWanted),
  )
  const edited = sources.map(({ path, text }) => ({
    path,
    before: text,
    after: path.endsWith('.sources')
      ? splitStanzas(text)
          .map((stanza) => (isWanted(stanza) ? setEnabled(stanza, enabled) : stanza))
          .join('')
      : withoutLine(args, text, enabled && !there),
  }))
  const added =
    enabled && !there && !sources.some(({ text }) => hasLine(args, text)) ? [addition(args, sources)] : []
  const rest = edited.filter(({ path }) => !added.some((one) => one.path === path))
  return [...rest, ...added].filter(({ before, after }) => before !== after)
}

const componentOf = ({ product = 'pve', repository }: Args): string =>
  product === 'pve' ? `pve-${repository}` : repository

/** Its own file, as Proxmox's API names it (proxmox-apt, standard.rs). */
function homeOf({ product = 'pve', repository }: Args): string {
  if (product !== 'pve') return '/etc/apt/sources.list.d/ceph.sources'
  return `/etc/apt/sources.list.d/${repository === 'enterprise' ? 'pve-enterprise' : 'proxmox'}.sources`
}

function provides(args: Args, fields: ReadonlyMap<string, string>): boolean {
  const has = (field: string, word: string): boolean => (fields.get(field) ?? '').split(/\s+/).includes(word)
  const { product = 'pve' } = args
  return (
    has('components', componentOf(args)) &&
    (product === 'pve' || (fields.get('uris') ?? '').includes(product))
  )
}

function addition(args: Args, sources: readonly AptSource[]): WantedFile {
  const path = homeOf(args)
  const present = sources.find((source) => source.path === path)?.text
  const {
    product = 'pve',
    suite = 'trixie',
    signed_by: key = '/usr/share/keyrings/proxmox-archive-keyring.gpg',
  } = args
  const server =
    args.repository === 'enterprise' ? 'https://enterprise.proxmox.com' : 'http://download.proxmox.com'
  const stanza = deb822Text([
    ['Types', 'deb'],
    ['URIs', args.uri ?? `${server}/debian/${product}`],
    ['Suites', suite],
    ['Components', componentOf(args)],
    ['Signed-By', key],
  ])
  return { path, before: present, after: present?.trim() ? `${present.trimEnd()}\n\n${stanza}` : stanza }
}

const lineOf = (args: Args): RegExp => {
  const server = args.product && args.product !== 'pve' ? `\\S*${args.product}\\S*` : '\\S+'
  return new RegExp(
    `^\\s*deb(-src)?\\s+(\\[.*?\\]\\s+)?${server}\\s+\\S+\\s(.*\\s)?${componentOf(args)}(\\s|$)`,
  )
}

const hasLine = (args: Args, text: string): boolean =>
  text.split('\n').some((line) => lineOf(args).test(line))

/** One-line entries stay when they are what is wanted and nothing else has it. */
function withoutLine(args: Args, text: string, stays: boolean): string {
  if (stays) return text
  return text
    .split('\n')
    .map((line) => (lineOf(args).test(line) ? `# ${line}` : line))
    .join('\n')
}

function stateIn(args: Args, text: string | undefined): string {
  if (text === undefined) return 'absent'
  const stanza = splitStanzas(text).find((one) => provides(args, parseDeb822(one)))
  if (stanza !== undefined) return isEnabled(stanza) ? 'enabled' : 'disabled'
  return hasLine(args, text) ? 'enabled' : 'absent'
}
