import checksum, { type ChecksumAlgorithm, checksumKey } from '#facts/checksum.ts'
import pathState from '#facts/path-state.ts'
import { t } from '#sdk/args.ts'
import type { ReadHost } from '#sdk/host.ts'
import { pathWord } from '#sdk/host-path.ts'
import { defineModule } from '#sdk/module.ts'
import type { PathState } from '#sdk/path-state.ts'
import { sh } from '#sdk/quote.ts'
import { placeData } from '#sdk/stat-data.ts'

const algorithms = [
  'md5',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
] as const satisfies ChecksumAlgorithm[]

interface State {
  readonly place: PathState
  readonly sum: string | undefined
  readonly mime: Readonly<Record<string, string>>
  readonly attributes: Readonly<Record<string, unknown>>
}

export default defineModule({
  summary: 'Tells what stands at a path.',
  description:
    'The result has `stat.exists` and, when there is something, its type, mode, owner, size, times and checksum.',
  args: t.Args({
    path: t.Path({ description: 'What to look at, on the host.' }),
    follow: t.Optional(t.Boolean({ description: 'Tell of what a link leads to.', default: false })),
    get_checksum: t.Optional(t.Boolean({ description: 'Tell the checksum of a file.', default: true })),
    checksum_algorithm: t.Optional(t.Choice(algorithms, { description: 'Which checksum.', default: 'sha1' })),
    get_mime: t.Optional(
      t.Boolean({ description: 'Tell `mimetype` and `charset`, as file(1) guesses them.', default: false }),
    ),
    get_attributes: t.Optional(
      t.Boolean({ description: 'Tell the attributes that lsattr(1) shows.', default: false }),
    ),
  }),
  argumentAliases: {
    dest: 'path',
    name: 'path',
    checksum: 'checksum_algorithm',
    checksum_algo: 'checksum_algorithm',
    mime: 'get_mime',
    'mime-type': 'get_mime',
    mime_type: 'get_mime',
    attr: 'get_attributes',
    attributes: 'get_attributes',
  },
  examples: [
    { title: 'Look at a file', args: { path: '/etc/kubernetes/admin.conf' } },
    {
      title: 'Tell a better checksum',
      args: { path: '/usr/bin/env', checksum_algorithm: 'sha256', follow: true },
    },
  ],

  async probe({ args, host }): Promise<State> {
    const wantsSum = args.get_checksum ?? true
    const [place, sum, mime, attributes] = await Promise.all([
      host.fact(pathState, args.path),
      wantsSum ? host.fact(checksum, checksumKey(args.path, args.checksum_algorithm ?? 'sha1')) : undefined,
      args.get_mime ? guessType(host, args.path) : {},
      args.get_attributes ? listAttributes(host, args.path) : {},
    ])
    return { place, sum, mime, attributes }
  },

  plan: () => [],

  result({ args, state: { place, sum, mime, attributes } }) {
    const follow = args.follow ?? false
    const data = placeData(place, follow)
    const isRegular = data['isreg'] === true
    const more = data['exists'] === true ? { ...mime, ...attributes } : {}
    return {
      data: { stat: { ...data, ...(isRegular && sum !== undefined ? { checksum: sum } : {}), ...more } },
    }
  },
})

async function guessType(host: ReadHost, path: string): Promise<Readonly<Record<string, string>>> {
  const command = sh`file -b --mime-type --mime-encoding ${pathWord(path)}`
  const { rc, stdout } = await host.read(command, { reads: [{ kind: 'path', name: path }] })
  const [mimetype, charset] = rc === 0 ? stdout.trim().split(/;\s*charset=/) : []
  return { mimetype: mimetype || 'unknown', charset: charset ?? 'unknown' }
}

async function listAttributes(host: ReadHost, path: string): Promise<Readonly<Record<string, unknown>>> {
  const command = sh`lsattr -vd ${pathWord(path)}`
  const { rc, stdout } = await host.read(command, { reads: [{ kind: 'path', name: path }] })
  if (rc !== 0) return {}
  const [version, letters = ''] = stdout.trim().split(/\s+/)
  return { version, attr_flags: letters.replaceAll('-', '') }
}
