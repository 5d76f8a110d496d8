import checksum, { checksumKey } from '#facts/checksum.ts'
import directoryListing from '#facts/directory-listing.ts'
import pathState from '#facts/path-state.ts'
import type { Change } from '#model/change.ts'
import type { Controller, ControllerEntry, ControllerFile } from '#sdk/controller.ts'
import type { ReadHost } from '#sdk/host.ts'
import { baseName, joinPath, withoutSlash } from '#sdk/host-path.ts'
import type { ListedEntry } from '#sdk/listing.ts'
import { type ApplyContext, defineModule, TaskFailure } from '#sdk/module.ts'
import type { FileEntry, PathState } from '#sdk/path-state.ts'
import { relativePath } from '#sdk/relative-path.ts'
import { type SyncArgs, syncArgs } from '#sdk/sync-args.ts'
import { pullTree, pushFile, pushTree } from '#sdk/sync-carry.ts'
import { type SyncOptions, syncOptions } from '#sdk/sync-options.ts'
import { type SyncEntry, syncChanges, syncWork } from '#sdk/sync-plan.ts'

interface State {
  readonly source: readonly SyncEntry[]
  readonly destination: readonly SyncEntry[]
  /** The folder that is made the same; or the file. */
  readonly root: string
  readonly rootExists: boolean
  /** A single file instead of a folder. */
  readonly file: ControllerFile | undefined
}

type Reader = Pick<Controller, 'file' | 'folder'>

export default defineModule({
  summary: 'Makes a folder of the host the same as one of the controller, or the other way.',
  description: `Files are compared by their checksums, all in one round trip, and only those that differ travel, as one stream.
Links stay links. It needs tar on the host, and no rsync anywhere. Owners are those of the acting user.`,
  args: syncArgs,
  examples: [
    {
      title: 'Deploy a site',
      args: { src: 'site/', dest: '/var/www/site', delete: true, exclude: ['*.bak', '.git'] },
    },
    { title: 'Fetch logs', args: { mode: 'pull', src: '/var/log/app/', dest: 'logs/' } },
  ],

  probe: ({ args, host, controller }): Promise<State> =>
    args.mode === 'pull' ? probePull(args, host, controller) : probePush(args, host, controller),

  plan({ args, state }): readonly Change[] {
    const made: readonly Change[] =
      state.rootExists || state.file ? [] : [{ field: state.root, before: 'absent', after: 'directory' }]
    return [
      ...made,
      ...syncChanges(syncWork(state.source, state.destination, optionsOf(args, state)), state.destination),
    ]
  },

  async apply({ args, state, host, controller, progress }: ApplyContext<SyncArgs, State>) {
    const options = optionsOf(args, state)
    const work = syncWork(state.source, state.destination, options)
    progress(`${work.send.length} of ${state.source.length} entries to send`)
    if (args.mode === 'pull')
      await pullTree({ host, controller, from: withoutSlash(args.src), to: state.root, work })
    else if (state.file) await pushFile({ host, path: state.root, file: state.file, work })
    else await pushTree({ host, controller, from: args.src, to: state.root, work })
  },

  result: ({ args, state, changes }) => ({
    msg: changes.map(({ field, before, after }) => `${field}: ${before} → ${after}`).join('\n'),
    data: { src: args.src, dest: state.root },
  }),

  touches: ({ args, state }) => (args.mode === 'pull' ? [] : [{ kind: 'path', name: state.root }]),
})

/** A single file has no place for extra ones. */
function optionsOf(args: SyncArgs, { file }: State): SyncOptions {
  const options = syncOptions(args)
  return file ? { ...options, deletes: false, isExcluded: () => false } : options
}

async function probePush(args: SyncArgs, host: ReadHost, controller: Reader): Promise<State> {
  const entries = await controller.folder(args.src)
  if (!entries) return probeFile(args, host, controller)
  const root = args.src.endsWith('/') ? withoutSlash(args.dest) : joinPath(args.dest, baseName(args.src))
  const { isExcluded } = syncOptions(args)
  const [place, listed, source, sums] = await Promise.all([
    host.fact(pathState, root),
    host.fact(directoryListing, root),
    Promise.all(entries.filter(({ path }) => !isExcluded(path)).map(localEntry)),
    sumsOnHost(
      host,
      root,
      entries.filter(({ type }) => type === 'file').map(({ path }) => path),
    ),
  ])
  refuseOther(place)
  const destination = await hostEntries(host, { root: place.path, listed, sums })
  return { source, destination, root: place.path, rootExists: place.followed !== undefined, file: undefined }
}

function refuseOther({ followed, path }: PathState): void {
  if (followed && followed.type !== 'directory') throw new TaskFailure(`${path} is no directory.`)
}

async function probeFile(args: SyncArgs, host: ReadHost, controller: Reader): Promise<State> {
  const file = await controller.file(args.src)
  const outer = await host.fact(pathState, args.dest)
  const isFolder = args.dest.endsWith('/') || outer.followed?.type === 'directory'
  const root = isFolder ? joinPath(outer.path, baseName(args.src)) : outer.path
  const [place, sum, wanted] = await Promise.all([
    host.fact(pathState, root),
    host.fact(checksum, checksumKey(root)),
    file.checksum('sha256'),
  ])
  const source: readonly SyncEntry[] = [{ path: root, kind: 'file', mode: file.mode, sum: wanted }]
  const { entry } = place
  const destination = entry ? [{ path: root, ...kindAndMode(entry), sum, target: place.link?.target }] : []
  return { source, destination, root, rootExists: entry !== undefined, file }
}

async function probePull(args: SyncArgs, host: ReadHost, controller: Reader): Promise<State> {
  const from = withoutSlash(args.src)
  const root = args.src.endsWith('/') ? withoutSlash(args.dest) : joinPath(args.dest, baseName(from))
  const [place, listed, local] = await Promise.all([
    host.fact(pathState, args.src),
    host.fact(directoryListing, args.src),
    controller.folder(root, 'written'),
  ])
  if (place.followed?.type !== 'directory')
    throw new TaskFailure(`${args.src} is no directory of the host; fetch takes files.`)
  const { isExcluded } = syncOptions(args)
  const below = listed.filter(({ path }) => !isExcluded(relativePath(place.path, path)))
  const [source, destination] = await Promise.all([
    hostEntries(host, { root: place.path, listed: below, sums: new Map() }),
    Promise.all((local ?? []).map(localEntry)),
  ])
  return { source, destination, root, rootExists: local !== undefined, file: undefined }
}

const localEntry = async ({ path, type, mode, target, file }: ControllerEntry): Promise<SyncEntry> => ({
  path,
  kind: type,
  mode,
  target,
  sum: await file?.checksum('sha256'),
})

/** Asked together with the listing: what is not there has no sum. */
async function sumsOnHost(
  host: ReadHost,
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const sums = await Promise.all(paths.map((path) => host.fact(checksum, checksumKey(joinPath(root, path)))))
  return new Map(paths.map((path, i) => [path, sums[i]]))
}

interface OnHost {
  readonly root: string
  readonly listed: readonly ListedEntry[]
  /** Those that are known already. */
  readonly sums: ReadonlyMap<string, string | undefined>
}

function hostEntries(host: ReadHost, { root, listed, sums }: OnHost): Promise<readonly SyncEntry[]> {
  return Promise.all(
    listed.map(async ({ path: whole, entry }): Promise<SyncEntry> => {
      const path = relativePath(root, whole)
      const isLink = entry.type === 'link'
      const place = isLink ? await host.fact(pathState, whole) : undefined
      const isAsked = entry.type === 'file' && sums.size === 0
      const sum = isAsked ? await host.fact(checksum, checksumKey(whole)) : sums.get(path)
      return { path, ...kindAndMode(entry), sum, target: place?.link?.target }
    }),
  )
}

const kindAndMode = ({ type, mode }: FileEntry): Pick<SyncEntry, 'kind' | 'mode'> => ({
  mode,
  kind: type === 'file' || type === 'directory' || type === 'link' ? type : 'other',
})
