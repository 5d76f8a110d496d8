import fileContent, { type FileContent } from '#facts/file-content.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { deb822Text, parseDeb822, saysTheSame } from '#sdk/deb822.ts'
import { parseMode } from '#sdk/file-mode.ts'
import { given } from '#sdk/given.ts'
import type { WriteHost } from '#sdk/host.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'

const words = (description: string) => t.Optional(t.Strings({ description }))
const flag = (description: string) => t.Optional(t.Boolean({ description }))

const args = t.Args({
  name: t.String({ description: 'Name of the repository; the file is named after it.', minLength: 1 }),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: 'Whether the repository is configured.',
      default: 'present',
    }),
  ),
  types: t.Optional(
    t.List(t.Choice(['deb', 'deb-src'], { description: 'A kind of packages.' }), {
      description: 'Binary packages, source packages, or both.',
      default: ['deb'],
    }),
  ),
  uris: words('Where the repository is.'),
  suites: words('Releases: `bookworm`; a path that ends in a slash needs no components.'),
  components: words('Parts of the release: `main`.'),
  architectures: words('Architectures to fetch. Default: those of the host.'),
  signed_by: t.Optional(
    t.String({
      description: 'The key: its text, a URL, the path of a keyring on the host, or a fingerprint.',
    }),
  ),
  enabled: flag('Whether apt looks at the repository.'),
  options: t.Optional(
    t.Map(t.String({ description: 'Value of the field.' }), {
      description: 'Further fields: `{ "Pin-Priority": "100" }`.',
    }),
  ),
  mode: t.Optional(t.Mode({ description: 'Permission bits of the file.', default: '0644' })),
  trusted: flag('Take packages without a valid signature.'),
  allow_insecure: flag('Allow a repository that is not signed.'),
  allow_weak: flag('Allow a signature by a weak algorithm.'),
  allow_downgrade_to_insecure: flag('Allow a signed repository to become an unsigned one.'),
  by_hash: flag('Fetch indexes by their hash.'),
  check_date: flag('Check that the release is not from the future.'),
  check_valid_until: flag('Check that the release has not expired.'),
  date_max_future: t.Optional(t.Integer({ description: 'Seconds from the future that are allowed.' })),
  inrelease_path: t.Optional(t.String({ description: 'Path of the InRelease file.' })),
  languages: words('Languages of descriptions to fetch.'),
  pdiffs: flag('Fetch differences of indexes.'),
  targets: words('Indexes to fetch.'),
})

type Args = Static<typeof args>

interface State {
  readonly sources: FileContent
  /** Keyrings that this module or Ansible would have written: armored, binary. */
  readonly keyrings: readonly FileContent[]
}

const armored = '-----BEGIN PGP'

export default defineModule({
  summary: 'Configures apt repositories with their keys.',
  description:
    'Writes `/etc/apt/sources.list.d/<name>.sources`, and a key given as text or URL to `/etc/apt/keyrings`. ' +
    'A key from a URL is fetched once. Refresh the package lists afterwards (`apt`, `update_cache`).',
  args,
  examples: [
    {
      title: 'A repository with its key',
      args: {
        name: 'kubernetes',
        uris: ['https://pkgs.example.org/core:/stable:/v1.28/deb/'],
        suites: ['/'],
        signed_by: 'https://pkgs.example.org/core:/stable:/v1.28/deb/Release.key',
      },
    },
    { title: 'Remove it', args: { name: 'kubernetes', state: 'absent' } },
  ],

  async probe({ args, host }): Promise<State> {
    const [sources, ...keyrings] = await Promise.all([
      host.fact(fileContent, sourcesPath(args)),
      host.fact(fileContent, keyringPath(args, 'asc')),
      host.fact(fileContent, keyringPath(args, 'gpg')),
    ])
    return { sources, keyrings }
  },

  plan({ args, state }): readonly Change[] {
    const { sources } = state
    if (args.state === 'absent') {
      return [sources, ...state.keyrings]
        .filter(({ exists }) => exists)
        .map(({ path, text }) => ({
          field: path,
          before: 'present',
          after: 'absent',
          ...(path === sources.path ? { diff: { path, before: text, after: undefined } } : {}),
        }))
    }
    return [...keyChange(args, state), ...sourcesChange(args, state)]
  },

  async apply({ args, state, changes, host }) {
    const paths = changes.map(({ field }) => field)
    if (args.state === 'absent') {
      await host.run(sh`rm -f ${paths}`)
      return
    }
    const key = keyringPath(args, 'asc')
    if (paths.includes(key)) await writeKey(host, key, args.signed_by ?? '')
    if (!paths.includes(state.sources.path)) return
    const content = deb822Text(fieldsOf(args, state))
    await host.write({
      path: state.sources.path,
      content,
      mode: parseMode(args.mode ?? '0644', 0o644, false),
    })
  },

  result({ args, state }) {
    const present = args.state !== 'absent'
    const key = present ? keyring(args, state) : undefined
    return {
      data: {
        dest: state.sources.path,
        ...(present ? { repo: deb822Text(fieldsOf(args, state)) } : {}),
        ...given({ key_filename: key?.startsWith('/') ? key : undefined }),
      },
    }
  },

  touches: ({ args, state }) => [
    { kind: 'path', name: state.sources.path },
    { kind: 'path', name: keyringPath(args, 'asc') },
    { kind: 'path', name: '/etc/apt' },
    // What apt could install.
    { kind: 'package' },
  ],
})

const slug = ({ name }: Args): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')

const sourcesPath = (args: Args): string => `/etc/apt/sources.list.d/${slug(args)}.sources`
const keyringPath = (args: Args, suffix: string): string => `/etc/apt/keyrings/${slug(args)}.${suffix}`

const isUrl = (text: string): boolean => /^(https?|ftp):\/\//.test(text)
const bringsKey = (text: string): boolean => isUrl(text) || text.includes(armored)

/** The value of the field Signed-By. A binary keyring that is in use already stays. */
function keyring(args: Args, { sources, keyrings }: State): string | undefined {
  const { signed_by: key } = args
  if (key === undefined || !bringsKey(key)) return key
  const used = parseDeb822(sources.text ?? '').get('signed-by')
  const present = keyrings.find(({ path, exists }) => exists && path === used)
  return isUrl(key) && present ? present.path : keyringPath(args, 'asc')
}

function keyChange(args: Args, state: State): readonly Change[] {
  const { signed_by: key = '' } = args
  const path = keyring(args, state)
  const present = state.keyrings.find((file) => file.path === path)
  if (!present || !bringsKey(key)) return []
  const same = isUrl(key) ? present.exists : present.text === keyText(key)
  return same
    ? []
    : [{ field: present.path, before: present.exists ? 'another key' : 'absent', after: 'present' }]
}

const keyText = (key: string): string => `${key.trim()}\n`

function sourcesChange(args: Args, state: State): readonly Change[] {
  const { path, text: before, exists, mode } = state.sources
  const fields = fieldsOf(args, state)
  const wantedMode = parseMode(args.mode ?? '0644', 0o644, false)
  if (exists && saysTheSame(before ?? '', fields) && mode === wantedMode) return []
  const after = deb822Text(fields)
  return [
    { field: path, before: exists ? 'present' : 'absent', after: 'present', diff: { path, before, after } },
  ]
}

function fieldsOf(args: Args, state: State): readonly (readonly [string, string])[] {
  if (!args.uris?.length || !args.suites?.length) {
    throw new TaskFailure(`\`${args.uris?.length ? 'suites' : 'uris'}\` is missing: a repository needs it.`)
  }
  const value = (given: unknown): string | undefined => {
    if (given === undefined) return undefined
    if (typeof given === 'boolean') return given ? 'yes' : 'no'
    return Array.isArray(given) ? given.join(' ') : String(given)
  }
  const fields: readonly (readonly [string, unknown])[] = [
    ['X-Repolib-Name', args.name],
    ['Enabled', args.enabled],
    ['Types', args.types ?? ['deb']],
    ['URIs', args.uris],
    ['Suites', args.suites],
    ['Components', args.components],
    ['Architectures', args.architectures],
    ['Signed-By', keyring(args, state)],
    ['Trusted', args.trusted],
    ['Allow-Insecure', args.allow_insecure],
    ['Allow-Weak', args.allow_weak],
    ['Allow-Downgrade-To-Insecure', args.allow_downgrade_to_insecure],
    ['By-Hash', args.by_hash],
    ['Check-Date', args.check_date],
    ['Check-Valid-Until', args.check_valid_until],
    ['Date-Max-Future', args.date_max_future],
    ['InRelease-Path', args.inrelease_path],
    ['Languages', args.languages],
    ['PDiffs', args.pdiffs],
    ['Targets', args.targets],
    ...Object.entries(args.options ?? {}),
  ]
  return fields.flatMap(([name, given]) => {
    const text = value(given)
    return text === undefined ? [] : [[name, text] as const]
  })
}

/** apt takes a key by its suffix for armored or binary: binary ones are armored, so that one suffix fits all. */
async function writeKey(host: WriteHost, path: string, key: string): Promise<void> {
  const folder = host.run(sh`umask 022; mkdir -p /etc/apt/keyrings`)
  if (!isUrl(key)) {
    await Promise.all([folder, host.write({ path, content: keyText(key), mode: 0o644 })])
    return
  }
  const fetched = await host.run(sh`file=$(mktemp) && trap 'rm -f "$file"' 0 &&
if command -v curl >/dev/null 2>&1; then curl -fsSL -o "$file" ${key}; else wget -qO "$file" ${key}; fi &&
if grep -q -e ${armored} "$file"; then cat "$file"
else printf '%s\n\n' '-----BEGIN PGP PUBLIC KEY BLOCK-----'; base64 <"$file"; printf '%s\n' '-----END PGP PUBLIC KEY BLOCK-----'
fi`)
  await Promise.all([folder, host.write({ path, content: fetched.stdout, mode: 0o644 })])
}
