import { fileQuestions, sumQuestion } from '#facts/file-questions.ts'
import type { Change, Resource } from '#model/change.ts'
import { type CopyArgs, copyArgs } from '#sdk/copy-args.ts'
import { type CopyState, type FileItem, type LinkItem, probeCopy } from '#sdk/copy-probe.ts'
import { wantedMode } from '#sdk/file-attributes.ts'
import { applyCopy, type CopyOptions, copiesOnce, copyChanges } from '#sdk/file-copy.ts'
import { parseMode } from '#sdk/file-mode.ts'
import { showingTexts } from '#sdk/file-questions.ts'
import { given } from '#sdk/given.ts'
import type { WriteHost } from '#sdk/host.ts'
import { pathWord } from '#sdk/host-path.ts'
import { makeFolder } from '#sdk/make-folder.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { attributeData, modeText, type PathState, touchedBy } from '#sdk/path-state.ts'
import { quote, raw, sh } from '#sdk/quote.ts'

export default defineModule({
  summary: 'Copies files and folders to the host.',
  description: `Files are compared by their SHA-256 sums, all at once, and replaced as a whole: nobody sees half of one.
Of a folder, only the files that differ travel; files that only the host has stay.`,
  args: copyArgs,
  argumentAliases: { path: 'dest' },
  examples: [
    { title: 'Copy a file', args: { src: 'motd', dest: '/etc/motd', owner: 'root', mode: '0644' } },
    { title: 'Write text', args: { content: 'vm.swappiness = 10\n', dest: '/etc/sysctl.d/60-swap.conf' } },
    { title: 'Copy what a folder holds', args: { src: 'site/', dest: '/var/www', owner: 'www-data' } },
    {
      title: 'Copy on the host',
      args: { src: '/etc/app.conf.sample', dest: '/etc/app.conf', remote_src: true, force: false },
    },
  ],

  probe: ({ args, host, controller, diff, mode }): Promise<CopyState> =>
    probeCopy(args, showingTexts(fileQuestions(host), diff), {
      controller: args.decrypt === false ? controller.asStored : controller,
      mode,
    }),

  plan({ args, state }): readonly Change[] {
    const folders = state.folders
      .filter(({ place }) => isMissingFolder(place))
      .map(({ place }) => ({ field: `folder ${place.path}`, before: 'absent', after: 'directory' }))
    const links = state.links
      .filter(({ place, target }) => place.link?.target !== target)
      .map(({ place, target }) => ({
        field: `link ${place.path}`,
        before: place.link?.target,
        after: target,
      }))
    return [...folders, ...state.files.flatMap((file) => fileChanges(args, file, state.isTree)), ...links]
  },

  async apply({ args, state, host }) {
    const { owner, group } = args
    const folders = state.folders.filter(({ place }) => isMissingFolder(place))
    const mode = args.directory_mode === undefined ? undefined : parseMode(args.directory_mode, 0o755, true)
    const making = folders.map(({ place }) => makeFolder(place.path, { owner, group, mode }).text)
    if (making.length > 0) await host.run(raw(making.map((script) => `( ${script} )`).join(' &&\n')))
    const backups = await Promise.all(state.files.map((file) => applyFile(args, file, host)))
    await Promise.all(state.links.map((link) => makeLink(link, host)))
    const checksum = state.isTree ? undefined : await sumOf(state.files[0])
    return { backup: backups.find(({ backup }) => backup)?.backup, checksum }
  },

  result({ args, state, applied }) {
    const [file] = state.files
    if (state.isTree || !file) return { data: { dest: args.dest, src: args.src } }
    const options = optionsOf(args, file)
    return {
      data: {
        dest: file.place.path,
        src: args.src,
        checksum: file.source.sha256 ?? applied?.checksum,
        ...attributeData(file.place.followed),
        state: 'file',
        mode: modeText(wantedMode(options, file.place.followed, 'file')),
        ...given({ owner: args.owner, group: args.group, backup_file: applied?.backup }),
      },
    }
  },

  writesOnce: ({ args, state, changes }) => !state.isTree && !args.remote_src && copiesOnce(changes),

  touches({ state }): readonly Resource[] {
    const others = [...state.folders, ...state.links].map(({ place }) => place)
    return [...state.files.map(({ place }) => place), ...others].flatMap(touchedBy)
  },
})

async function sumOf(file: FileItem | undefined): Promise<string | undefined> {
  const content = file?.source.content
  return typeof content === 'object' && 'checksum' in content ? content.checksum('sha256') : undefined
}

const isMissingFolder = ({ path, followed }: PathState): boolean => {
  if (followed && followed.type !== 'directory') throw new TaskFailure(`${path} is no directory.`)
  return followed === undefined
}

function optionsOf(args: CopyArgs, file: FileItem): CopyOptions {
  const { owner, group, force, follow, backup, validate, directory_mode } = args
  const folder = given({
    owner,
    group,
    mode: directory_mode === undefined ? undefined : parseMode(directory_mode, 0o755, true),
  })
  const mode = args.mode === 'preserve' ? modeText(file.sourceMode) : args.mode
  return { ...given({ owner, group, force, follow, backup, validate, mode }), folder }
}

function fileChanges(args: CopyArgs, file: FileItem, isTree: boolean): readonly Change[] {
  const changes = copyChanges(file, optionsOf(args, file))
  return isTree
    ? changes.map((change) => ({ ...change, field: `${change.field} ${file.place.path}` }))
    : changes
}

async function applyFile(args: CopyArgs, file: FileItem, host: WriteHost): Promise<{ backup?: string }> {
  const options = optionsOf(args, file)
  const changes = copyChanges(file, options)
  return changes.length === 0 ? {} : applyCopy(host, file, { options, changes, sum: sumQuestion })
}

async function makeLink({ place, target }: LinkItem, host: WriteHost): Promise<void> {
  if (place.link?.target === target) return
  const word = pathWord(place.path)
  await host.run(sh`rm -f ${word} && ln -s ${raw(quote(target))} ${word}`)
}
