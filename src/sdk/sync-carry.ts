import type { Controller, ControllerFile } from './controller.ts'
import type { WriteHost } from './host.ts'
import { folderOf, joinPath, pathWord, pathWords } from './host-path.ts'
import { modeScript } from './mode-script.ts'
import { TaskFailure } from './module.ts'
import { modeText } from './path-state.ts'
import { raw, type Script, sh } from './quote.ts'
import type { SyncWork } from './sync-plan.ts'

interface Push {
  readonly host: WriteHost
  readonly controller: Controller
  readonly from: string
  readonly to: string
  readonly work: SyncWork
}

/** What is in the way goes first, then everything that travels comes as one stream; modes are set last. */
export async function pushTree({ host, controller, from, to, work }: Push): Promise<void> {
  const gone = work.remove.map((path) => joinPath(to, path))
  await host.run(sh`mkdir -p ${pathWord(to)}${removal(gone)}`)
  if (work.send.length > 0) {
    const only = work.send.map(({ path }) => path)
    await host.pipe(controller.tar(from, { only }), sh`tar xpof - -C ${pathWord(to)}`)
  }
  const modes = modeScript(work.chmod.map(({ path, mode }) => ({ path: joinPath(to, path), mode })))
  if (modes) await host.run(modes)
}

const removal = (paths: readonly string[]): Script =>
  paths.length === 0 ? raw('') : sh` && rm -rf ${pathWords(paths)}`

/** A single file takes its place as a whole. */
export async function pushFile({
  host,
  path,
  file,
  work,
}: {
  host: WriteHost
  path: string
  file: ControllerFile
  work: SyncWork
}): Promise<void> {
  const mkdir = sh`mkdir -p ${pathWord(folderOf(path))}${removal(work.remove)}`
  if (work.send.length > 0) {
    await host.run(mkdir)
    await host.write({ path, content: file, mode: file.mode })
  } else {
    await host.run(sh`chmod ${modeText(file.mode)} ${pathWord(path)}`)
  }
}

/** The other way: each file that differs is downloaded and takes its place on the controller as a whole. */
export async function pullTree({ host, controller, from, to, work }: Push): Promise<void> {
  await here(controller, ['mkdir', '-p', '--', to])
  if (work.remove.length > 0)
    await here(controller, ['rm', '-rf', '--', ...work.remove.map((path) => joinPath(to, path))])
  for (const entry of work.send) {
    const path = joinPath(to, entry.path)
    if (entry.kind === 'directory') await here(controller, ['mkdir', '-p', '--', path])
    else if (entry.kind === 'link') await here(controller, ['ln', '-sfn', '--', entry.target ?? '', path])
    else if (entry.kind === 'file') await controller.write(path, host.download(joinPath(from, entry.path)))
  }
  const settable = [...work.send, ...work.chmod].filter(({ kind }) => kind === 'file' || kind === 'directory')
  // Children first: a folder that may not be entered hides what is below it.
  for (const [mode, some] of Map.groupBy(settable.toReversed(), ({ mode }) => mode)) {
    await here(controller, ['chmod', modeText(mode), '--', ...some.map(({ path }) => joinPath(to, path))])
  }
}

async function here(controller: Controller, argv: readonly string[]): Promise<void> {
  const { rc, stderr } = await controller.run(argv)
  if (rc !== 0) throw new TaskFailure(`On the controller: ${stderr.trim()}`, { rc, stderr })
}
