import checksum, { checksumKey } from '#facts/checksum.ts'
import globMatches from '#facts/glob-matches.ts'
import pathState from '#facts/path-state.ts'
import type { Change } from '#model/change.ts'
import { unpackedEntries } from '#sdk/archive-goal.ts'
import { lookIntoArchive, readHostArchive } from '#sdk/archive-on-host.ts'
import type { ArchiveEntry, Controller } from '#sdk/controller.ts'
import { downloadScript, noAnswer } from '#sdk/download-script.ts'
import { attributeChanges } from '#sdk/file-attributes.ts'
import type { ReadHost } from '#sdk/host.ts'
import { joinPath } from '#sdk/host-path.ts'
import type { HttpRequest } from '#sdk/http-script.ts'
import { type ApplyContext, defineModule, TaskFailure } from '#sdk/module.ts'
import { attributeData, type PathState } from '#sdk/path-state.ts'
import { sh } from '#sdk/quote.ts'
import { type UnarchiveArgs, unarchiveArgs } from '#sdk/unarchive-args.ts'
import { attributesScript, unpackFile } from '#sdk/unarchive-script.ts'

/** An entry of the archive and what stands in its place. */
interface Unpacked {
  readonly entry: ArchiveEntry
  readonly path: string
  readonly isRight: boolean
  /** Asked for only when owner, group or mode matter, and for what is no file. */
  readonly place: PathState | undefined
}

interface State {
  readonly created: string | undefined
  readonly dest: PathState
  readonly failure: string | undefined
  readonly unpacked: readonly Unpacked[]
  /** Told by a program that compares contents. */
  readonly differs: boolean | undefined
}

export default defineModule({
  summary: 'Unpacks an archive into a folder of the host.',
  description: `Knows tar, also compressed with gzip, bzip2, xz or zstd, and zip; the content decides, not the name. An archive of the
controller is compared with the host by the checksums of its files, and travels only when one of them is missing or
other. Files that the archive does not have stay.`,
  args: unarchiveArgs,
  argumentAliases: { exclude_files: 'exclude' },
  examples: [
    {
      title: 'Unpack from the controller',
      args: { src: 'app.tar.gz', dest: '/opt/app', owner: 'app', extra_opts: ['--strip-components=1'] },
    },
    {
      title: 'Unpack what is on the host',
      args: { src: '/tmp/site.zip', dest: '/var/www', remote_src: true },
    },
    {
      title: 'Download and unpack once',
      args: { src: 'https://example.com/etcd.tar.gz', dest: '/opt', remote_src: true, creates: '/opt/etcd' },
    },
  ],

  async probe({ args, host, controller }): Promise<State> {
    // What the controller knows comes first, so that all questions to the host leave together.
    const here = args.remote_src ? undefined : await lookHere(args, controller)
    const asked = (source: Source): Promise<readonly Unpacked[]> =>
      Promise.all(unpackedEntries(source.entries, args).map((entry) => compare(args, host, entry)))
    const [created, dest, source, early] = await Promise.all([
      args.creates === undefined ? undefined : host.fact(globMatches, args.creates),
      host.fact(pathState, args.dest),
      here ?? lookOnHost(args, host),
      here && asked(here),
    ])
    const isDone = created !== undefined || dest.followed?.type !== 'directory'
    const unpacked = isDone ? [] : (early ?? (await asked(source)))
    return { created, dest, unpacked, failure: source.failure, differs: source.differs }
  },

  plan({ args, state }): readonly Change[] {
    const { created, dest, failure, unpacked, differs } = state
    if (created !== undefined) return []
    if (dest.followed?.type !== 'directory')
      throw new TaskFailure(`dest '${args.dest}' must be an existing dir`)
    if (failure !== undefined) throw new TaskFailure(`The archive ${args.src} cannot be unpacked: ${failure}`)
    const wrong = unpacked.filter(({ isRight }) => !isRight)
    const content =
      wrong.length === 0 && differs ? [{ field: 'content', before: 'other', after: 'unpacked' }] : []
    return [...missing(wrong), ...content, ...unpacked.flatMap((one) => attributesOf(args, one))]
  },

  async apply(context) {
    const { args, changes, state, host } = context
    const isUnpacking = changes.some(({ after }) => after === 'unpacked')
    if (isUnpacking) await unpack(context)
    const script = attributesScript(
      state.unpacked.map(({ path, entry: { type, mode } }) => ({ path, type, mode })),
      args,
    )
    if (script) await host.run(script)
  },

  result({ args, state: { created, dest, unpacked } }) {
    if (created !== undefined)
      return { msg: `skipped, since ${args.creates} exists`, data: { dest: dest.path, src: args.src } }
    const files = unpacked.map(({ entry }) => (entry.type === 'directory' ? `${entry.path}/` : entry.path))
    return {
      data: {
        dest: dest.path,
        src: args.src,
        ...attributeData(dest.followed),
        ...(args.list_files ? { files } : {}),
      },
    }
  },

  touches: ({ state }) => [{ kind: 'path', name: state.dest.path }],
})

interface Source {
  readonly entries: readonly ArchiveEntry[]
  readonly failure: string | undefined
  readonly differs: boolean | undefined
}

async function lookHere({ src }: UnarchiveArgs, controller: Pick<Controller, 'archive'>): Promise<Source> {
  const { entries } = await controller.archive(src)
  return { entries, failure: undefined, differs: undefined }
}

async function lookOnHost(args: UnarchiveArgs, host: ReadHost): Promise<Source> {
  const { stdout } = await host.read(lookIntoArchive(args, requestOf(args)), { binary: true })
  const archive = readHostArchive(stdout)
  const isSelected = (args.include?.length ?? 0) > 0
  // tar compares all of the archive, so its word counts only where all of it is meant.
  return isSelected || args.keep_newer ? { ...archive, differs: undefined } : archive
}

function requestOf({ src, validate_certs }: UnarchiveArgs): HttpRequest | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(src)) return undefined
  return {
    url: src,
    method: 'GET',
    follow: true,
    ...(validate_certs === undefined ? {} : { validate_certs }),
  }
}

async function compare(args: UnarchiveArgs, host: ReadHost, entry: ArchiveEntry): Promise<Unpacked> {
  const path = joinPath(args.dest, entry.path)
  const wantsPlace =
    entry.sum === undefined ||
    args.keep_newer ||
    [args.owner, args.group, args.mode].some((one) => one !== undefined)
  const [sum, place] = await Promise.all([
    entry.sum === undefined ? undefined : host.fact(checksum, checksumKey(path)),
    wantsPlace ? host.fact(pathState, path) : undefined,
  ])
  const isNewer = args.keep_newer === true && (place?.entry?.mtime ?? 0) * 1000 > entry.modified.getTime()
  return { entry, path, place, isRight: isNewer || isThere(entry, sum, place) }
}

function isThere(entry: ArchiveEntry, sum: string | undefined, place: PathState | undefined): boolean {
  if (entry.type === 'directory') return place?.followed?.type === 'directory'
  if (entry.type === 'link') return place?.link?.target === entry.target
  if (entry.type === 'hard link') return place?.entry?.type === 'file'
  if (entry.sum !== undefined) return sum === entry.sum
  // A list of a zip archive tells a link as a file that holds its target.
  if (place?.link) return new TextEncoder().encode(place.link.target).byteLength === entry.size
  return place?.followed?.type === 'file' && place.followed.size === entry.size
}

/** More than this many are told as one. */
const toldLimit = 50

function missing(wrong: readonly Unpacked[]): readonly Change[] {
  if (wrong.length > toldLimit) {
    return [{ field: `${wrong.length} entries`, before: 'missing or other', after: 'unpacked' }]
  }
  return wrong.map(({ path }) => ({ field: path, before: 'missing or other', after: 'unpacked' }))
}

/** Of what is there and right; all else gets them when it is unpacked. */
function attributesOf(args: UnarchiveArgs, { entry, path, place, isRight }: Unpacked): readonly Change[] {
  if (!isRight || !place?.entry || place.entry.type === 'link') return []
  const kind = entry.type === 'directory' ? 'directory' : 'file'
  return attributeChanges(args, place.entry, kind).map((change) => ({
    ...change,
    field: `${change.field} ${path}`,
  }))
}

async function unpack({
  args,
  state,
  host,
  controller,
  progress,
}: ApplyContext<UnarchiveArgs, State>): Promise<void> {
  const dest = state.dest.path
  const random = Array.from(controller.random(8), (byte) => byte.toString(16).padStart(2, '0')).join('')
  // Beside what it holds: there is room for that as well, or the task fails anyway.
  const temporary = joinPath(dest, `.tsplay-archive-${random}`)
  const request = requestOf(args)
  if (args.remote_src && !request) {
    await host.run(unpackFile(args, { archive: args.src, dest, temporary: false }))
    return
  }
  progress(`bringing ${args.src} to the host`)
  if (request) {
    const script = downloadScript(request, { path: temporary, mode: 0o600 }, undefined)
    const { rc } = await host.run(script, { accept: [0, noAnswer] })
    if (rc === noAnswer) throw new TaskFailure(`${args.src} cannot be downloaded.`)
  } else {
    await host.write({ path: temporary, content: await controller.file(args.src), mode: 0o600 })
  }
  await host.run(sh`${unpackFile(args, { archive: temporary, dest, temporary: true })}`)
}
