import directoryListing from '#facts/directory-listing.ts'
import { inNewFolder } from '#facts/in-new-folder.ts'
import pathState from '#facts/path-state.ts'
import type { Change } from '#model/change.ts'
import { type FileArgs, type FileGoal, fileArgs } from '#sdk/file-args.ts'
import { attributeChanges, attributeScript, wantedMode } from '#sdk/file-attributes.ts'
import { timeChanges, timeScripts } from '#sdk/file-times.ts'
import { folderOf, joinPath, pathWord, withoutSlash } from '#sdk/host-path.ts'
import type { ListedEntry } from '#sdk/listing.ts'
import { makeFolder } from '#sdk/make-folder.ts'
import { modeScript } from '#sdk/mode-script.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { attributeData, type PathState, touchedBy } from '#sdk/path-state.ts'
import { quote, raw, type Script, sh } from '#sdk/quote.ts'

interface State {
  readonly place: PathState
  /** What a link shall lead to. */
  readonly source: PathState | undefined
  /** Everything below, when it matters. */
  readonly below: readonly ListedEntry[]
}

export default defineModule({
  summary: 'Makes and removes files, folders and links, and sets their owner, group and mode.',
  description:
    'New folders above the one that was asked for get what the umask leaves (0755); only the last one gets `mode`.',
  args: fileArgs,
  argumentAliases: { dest: 'path', name: 'path' },
  examples: [
    {
      title: 'Make a folder',
      args: { path: '/srv/www', state: 'directory', owner: 'www-data', mode: '0750' },
    },
    {
      title: 'Link to a file',
      args: { path: '/etc/alternatives/editor', src: '/usr/bin/vim', state: 'link' },
    },
    { title: 'Remove a tree', args: { path: '/tmp/build', state: 'absent' } },
    {
      title: 'Hand over a tree',
      args: { path: '/srv/app', state: 'directory', recurse: true, owner: 'app', mode: 'u=rwX,g=rX,o=' },
    },
  ],
  settles: ({ state, modification_time, access_time }) =>
    modification_time !== 'now' &&
    access_time !== 'now' &&
    (state !== 'touch' || (modification_time !== undefined && access_time !== undefined)),

  async probe({ args, host }): Promise<State> {
    const { path, src, recurse } = args
    const [place, source, below] = await Promise.all([
      host.fact(pathState, path),
      src === undefined ? undefined : host.fact(pathState, sourcePath(args, src)),
      recurse ? host.fact(directoryListing, path) : [],
    ])
    return { place, source, below }
  },

  plan({ args, state }): readonly Change[] {
    const goal = goalOf(args, state.place)
    checkArguments(args, goal)
    const { entry } = state.place
    if (goal === 'absent') return entry ? [{ field: 'state', before: entry.type, after: 'absent' }] : []
    if (goal === 'link') return linkChanges(args, state)
    if (goal === 'hard') return hardLinkChanges(args, state)
    if (goal === 'directory') return directoryChanges(args, state)
    return goal === 'touch' ? touchChanges(args, state.place) : fileChanges(args, state.place)
  },

  // A package that is yet to be installed may bring what is to be removed.
  isMoot: ({ args, state }) => goalOf(args, state.place) === 'absent',

  async apply({ args, state, changes, host }) {
    await host.run(changeScript(args, state, changes))
  },

  result({ args, state: { place }, changes }) {
    const goal = goalOf(args, place)
    if (goal === 'absent') return { data: { path: place.path, state: 'absent' } }
    const { owner, group, mode } = Object.fromEntries(changes.map(({ field, after }) => [field, after]))
    const now =
      goal === 'directory' || goal === 'link' || goal === 'hard' ? goal : (place.entry?.type ?? 'file')
    const data = { ...attributeData(place.followed), ...definedOnly({ owner, group, mode }) }
    return {
      data: {
        path: place.path,
        dest: place.path,
        ...(args.src ? { src: args.src } : {}),
        ...data,
        state: now,
      },
    }
  },

  writesOnce: () => true,

  foretellsBelow({ args, state: { place }, changes }) {
    const isMade = changes.some(({ field, after }) => field === 'state' && after === 'directory')
    return isMade && place.hasParent && args.path === withoutSlash(place.path)
      ? inNewFolder(args.path)
      : undefined
  },

  touches: ({ state, changes }) => [
    ...touchedBy(state.place),
    ...(changes.some(renamesFiles) ? [{ kind: 'path' } as const] : []),
  ],
})

/** Where a link turns or a folder goes, files further down are reached by other names, which nobody lists. */
const renamesFiles = ({ field, before, after }: Change): boolean =>
  field === 'link' || (field === 'state' && after === 'absent' && before !== 'file')

const definedOnly = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

function goalOf({ state, recurse, src }: FileArgs, { followed }: PathState): FileGoal {
  if (state) return state
  if (recurse || followed?.type === 'directory') return 'directory'
  return src === undefined ? 'file' : 'link'
}

function checkArguments({ src, recurse, path }: FileArgs, goal: FileGoal): void {
  if ((goal === 'link' || goal === 'hard') && src === undefined && goal === 'hard') {
    throw new TaskFailure('"src" is needed with "state: hard".')
  }
  if (src !== undefined && goal !== 'link' && goal !== 'hard') {
    throw new TaskFailure('"src" has a meaning only with "state: link" or "state: hard".')
  }
  if (recurse && goal !== 'directory') throw new TaskFailure('"recurse" needs "state: directory".')
  if (goal === 'absent' && /^\/*$/.test(path)) throw new TaskFailure('The root folder is not removed.')
}

/** A link's text is relative to the folder the link is in; a hard link's is a path like others. */
function sourcePath({ path, state }: FileArgs, src: string): string {
  if (state === 'hard' || /^[/~]/.test(src)) return src
  return joinPath(folderOf(path), src)
}

function fileChanges(args: FileArgs, place: PathState): readonly Change[] {
  const entry = args.follow === false ? place.entry : place.followed
  if (!entry) throw new TaskFailure(`file (${place.path}) is absent, cannot continue`, { state: 'absent' })
  if (entry.type === 'directory') {
    throw new TaskFailure(`file (${place.path}) is directory, cannot continue`, { state: 'directory' })
  }
  return [...attributeChanges(args, entry, 'file'), ...timeChanges(args, entry, false)]
}

function touchChanges(args: FileArgs, place: PathState): readonly Change[] {
  if (place.entry && !place.followed) throw new TaskFailure(`${place.path} is a link to nothing.`)
  if (!place.followed && !place.hasParent) {
    throw new TaskFailure(`The folder ${folderOf(place.path)} does not exist.`)
  }
  const kind = place.followed?.type === 'directory' ? 'directory' : 'file'
  const made: readonly Change[] = place.followed ? [] : [{ field: 'state', before: 'absent', after: 'file' }]
  const times = place.followed ? timeChanges(args, place.followed, true) : timeChanges(args, undefined, false)
  return [...made, ...attributeChanges(args, place.followed, kind), ...times]
}

function directoryChanges(args: FileArgs, { place, below }: State): readonly Change[] {
  const entry = args.follow === false ? place.entry : place.followed
  if (place.entry && entry?.type !== 'directory') {
    const what = place.entry.type === 'link' ? `a link to ${place.link?.target}` : `a ${place.entry.type}`
    throw new TaskFailure(`${place.path} already exists as ${what}.`, { state: place.entry.type })
  }
  const made: readonly Change[] = entry ? [] : [{ field: 'state', before: 'absent', after: 'directory' }]
  const own = [...made, ...attributeChanges(args, entry, 'directory'), ...timeChanges(args, entry, false)]
  const others = args.recurse ? below.flatMap((one) => changesBelow(args, one)) : []
  return [...own, ...others]
}

function changesBelow(args: FileArgs, { path, entry }: ListedEntry): readonly Change[] {
  const kind = entry.type === 'directory' ? 'directory' : 'file'
  // Links have no mode of their own.
  const { mode: _, ...withoutMode } = args
  const wanted = entry.type === 'link' ? withoutMode : args
  return attributeChanges(wanted, entry, kind).map((change) => ({
    ...change,
    field: `${change.field} ${path}`,
  }))
}

function linkChanges(args: FileArgs, { place, source }: State): readonly Change[] {
  const { src, force, follow } = args
  if (src === undefined) return ownLinkChanges(args, place)
  if (!force && !source?.entry) {
    throw new TaskFailure(
      `src file does not exist, use "force: true" if you really want to create the link: ${src}`,
    )
  }
  const attributes =
    follow === false ? linkOwner(args, place) : attributeChanges(args, source?.followed, kindOf(source))
  if (place.link?.target === src) return attributes
  refuseReplacement(args, place, 'link')
  return [
    { field: 'link', before: place.link?.target ?? place.entry?.type ?? 'absent', after: src },
    ...attributes,
  ]
}

/** Without `src` an existing link keeps its own. */
function ownLinkChanges(args: FileArgs, place: PathState): readonly Change[] {
  if (!place.link) throw new TaskFailure('"src" is needed to make a link.')
  if (args.follow === false) return linkOwner(args, place)
  return attributeChanges(args, place.followed, place.followed?.type === 'directory' ? 'directory' : 'file')
}

const linkOwner = (args: FileArgs, place: PathState): readonly Change[] => {
  const { mode: _, ...owner } = args
  return attributeChanges(owner, place.link ? place.entry : undefined, 'file')
}

const kindOf = (place: PathState | undefined): 'file' | 'directory' =>
  place?.followed?.type === 'directory' ? 'directory' : 'file'

function hardLinkChanges(args: FileArgs, { place, source }: State): readonly Change[] {
  const from = source?.entry
  if (!from) throw new TaskFailure(`src does not exist: ${args.src}`)
  const { entry } = place
  const attributes = attributeChanges(args, from, 'file')
  if (entry && entry.inode === from.inode && entry.device === from.device) return attributes
  refuseReplacement(args, place, 'hard link')
  return [{ field: 'link', before: entry?.type ?? 'absent', after: args.src }, ...attributes]
}

/** A link takes the place of another link; of a file or an empty folder only when forced. */
function refuseReplacement({ force }: FileArgs, { path, entry }: PathState, what: string): void {
  if (!entry || entry.type === 'link' || force) return
  throw new TaskFailure(`refusing to convert from ${entry.type} to ${what} for ${path}`)
}

function changeScript(args: FileArgs, state: State, changes: readonly Change[]): Script {
  const { place } = state
  const goal = goalOf(args, place)
  const word = pathWord(withoutSlash(place.path))
  if (goal === 'absent') return sh`rm -rf ${word}`
  const isLink = (goal === 'link' || goal === 'hard') && args.follow === false
  // A folder is made with all its attributes.
  const isMade = changes.some(({ field, after }) => field === 'state' && after === 'directory')
  const attributes = isMade ? undefined : attributeScript(word, changes, { link: isLink })
  const steps = [
    ...creation(args, state, changes),
    ...(attributes ? [attributes] : []),
    ...(args.recurse ? recursion(args, state, changes) : []),
    ...timeScripts(word, changes),
  ]
  return raw(steps.map((step) => `{ ${step}\n}`).join(' &&\n'))
}

function creation(args: FileArgs, { place }: State, changes: readonly Change[]): readonly Script[] {
  const word = pathWord(withoutSlash(place.path))
  if (changes.some(({ field }) => field === 'link')) return [linkScript(args, place)]
  const made = changes.find(({ field }) => field === 'state')
  if (!made) return []
  if (made.after === 'file') return [sh`: >> ${word}`]
  const mode = args.mode === undefined ? undefined : wantedMode(args, undefined, 'directory')
  return [makeFolder(place.path, { owner: args.owner, group: args.group, mode })]
}

/** A new link is renamed into place, so that there always is the old or the new one. */
function linkScript({ src = '', state }: FileArgs, { path, entry }: PathState): Script {
  const word = pathWord(withoutSlash(path))
  const how = state === 'hard' ? sh`ln ${pathWord(src)}` : sh`ln -s ${raw(quote(src))}`
  const clear = entry?.type === 'directory' ? sh`rmdir ${word} &&` : raw('')
  return sh`t=${word}.tsplay-$$; ${clear} ${how} "$t" && { mv -fT "$t" ${word} 2>/dev/null || { rm -f ${word} && mv -f "$t" ${word}; } || { rm -f "$t"; exit 1; }; }`
}

/** Owner and group of links themselves, never of what they lead to; links have no mode of their own. */
function recursion(args: FileArgs, { place, below }: State, changes: readonly Change[]): readonly Script[] {
  const differs = (field: string): boolean => changes.some((change) => change.field.startsWith(`${field} `))
  const { owner, group, mode } = args
  const word = pathWord(withoutSlash(place.path))
  const modes = mode === undefined ? undefined : modeScript(below.flatMap((one) => newMode(args, one)))
  return [
    ...(owner !== undefined && differs('owner') ? [sh`chown -hR ${owner} ${word}`] : []),
    ...(group !== undefined && differs('group') ? [sh`chgrp -hR ${group} ${word}`] : []),
    ...(modes ? [modes] : []),
  ]
}

function newMode(args: FileArgs, { path, entry }: ListedEntry): readonly { path: string; mode: number }[] {
  const mode = wantedMode(args, entry, entry.type === 'directory' ? 'directory' : 'file')
  return entry.type === 'link' || mode === entry.mode ? [] : [{ path, mode }]
}
