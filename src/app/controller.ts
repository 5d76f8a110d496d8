import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { yamlDocuments } from '#load/yaml-documents.ts'
import type { Vars } from '#model/value.ts'
import type { Controller, ControllerArchive, ControllerFile } from '#sdk/controller.ts'
import { TaskFailure } from '#sdk/module.ts'
import { type Decrypt, openControllerFile } from './controller-file.ts'
import { walkFolder } from './controller-folder.ts'
import { FileMemory } from './file-memory.ts'
import { atHome, type FileKind, fileMissing, findFile } from './find-file.ts'
import { readArchive } from './read-archive.ts'
import { runProcess } from './run-process.ts'
import { stateFolder } from './state-folder.ts'
import { tarFolder } from './tar-folder.ts'
import { writeFileHere } from './write-file.ts'

/** Archives that were read, by the checksum of their files. */
export type ArchiveCache = Map<string, Promise<ControllerArchive>>

export interface ControllerOptions {
  /** Absolute: where relative paths of programs and written files begin; the playbook's folder. */
  readonly folder: string
  /** The folders in which relative paths are looked for, in order. Default: the one of the kind below `folder`, `folder`. */
  readonly search?: (kind: FileKind) => readonly string[]
  /** Renders the text of a template for this host and task. `path` is for messages and partials. */
  readonly renderTemplate?: (text: string, path: string) => string | Promise<string>
  readonly loadVars?: (path: string) => Promise<Vars>
  readonly decrypt?: Decrypt
  readonly prompt?: Controller['prompt']
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Shared by all controllers of a run, so that a file is read once for all hosts. */
  readonly memory?: FileMemory
  /** What archives hold, by their checksums; shared likewise. */
  readonly archives?: ArchiveCache
  readonly signal?: AbortSignal
}

/** This machine, as the modules of one task see it. Holds nothing that must be closed. */
export function createController(options: ControllerOptions): Controller {
  const { folder, env = process.env, signal } = options
  return {
    ...fileAccess(options),
    run: (argv, { input, env: more } = {}) =>
      runProcess(argv, {
        cwd: folder,
        env: { ...env, ...more },
        ...(input === undefined ? {} : { input }),
        ...(signal ? { signal } : {}),
      }),
    stateFolder: stateFolder(env),
    env,
    documents: yamlDocuments,
    now: () => new Date(),
    async sleep(milliseconds, also) {
      const signals = [signal, also].filter((one) => one !== undefined)
      await setTimeout(milliseconds, undefined, { signal: AbortSignal.any(signals) })
    },
    random: (bytes) => randomBytes(bytes),
    prompt: options.prompt ?? (async () => undefined),
  }
}

type FileAccess = Pick<
  Controller,
  'file' | 'folder' | 'asStored' | 'template' | 'vars' | 'write' | 'archive' | 'tar'
>

function fileAccess(options: ControllerOptions): FileAccess {
  const { folder, memory = new FileMemory(), archives = new Map(), loadVars } = options
  const search = options.search ?? ((kind: FileKind) => [join(folder, kind), folder])
  const places = (kind: FileKind | 'written') => (kind === 'written' ? [folder] : search(kind))
  const openFile = (path: string): Promise<ControllerFile> =>
    openControllerFile(path, { decrypt: options.decrypt, memory })
  const openStored = (path: string): Promise<ControllerFile> =>
    openControllerFile(path, { decrypt: 'asStored', memory })
  const locate = (path: string, kind: FileKind | 'written'): string => {
    const found = findFile(path, { places: places(kind), type: 'file' })
    if (found === undefined) throw fileMissing(path, places(kind))
    return found
  }
  const locateFolder = (path: string, kind: FileKind | 'written' = 'files'): string | undefined =>
    findFile(path, { places: places(kind), type: 'folder' })

  const reader = (open: typeof openFile): Controller['asStored'] => ({
    file: async (path, kind = 'files') => open(locate(path, kind)),
    async folder(path, kind) {
      const found = locateFolder(path, kind)
      return found === undefined ? undefined : walkFolder(found, open)
    },
  })

  return {
    ...reader(openFile),
    asStored: reader(openStored),
    template: async (path) => renderFile(await openFile(locate(path, 'templates')), options),
    async vars(path) {
      if (!loadVars) throw new TaskFailure(`Variables cannot be read here: "${path}" is not loaded.`)
      return loadVars(locate(path, 'vars'))
    },
    write: (path, content, options) => writeFileHere(resolve(folder, atHome(path)), content, options),
    archive: async (path) => archiveOnce(await openFile(locate(path, 'files')), archives),
    async *tar(path, tarOptions) {
      yield* tarFolder(locateFolder(path) ?? locate(path, 'files'), tarOptions)
    },
  }
}

async function archiveOnce(file: ControllerFile, archives: ArchiveCache): Promise<ControllerArchive> {
  const key = await file.checksum()
  const known = archives.get(key) ?? readArchive(file)
  archives.set(key, known)
  return known
}

async function renderFile(file: ControllerFile, { renderTemplate }: ControllerOptions): Promise<string> {
  if (!renderTemplate)
    throw new TaskFailure(`Templates cannot be rendered here: ${file.path} stays as it is.`)
  const bytes = await file.read()
  try {
    return await renderTemplate(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file.path)
  } catch (error) {
    if (
      !(error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    )
      throw error
    throw new TaskFailure(`The template ${file.path} is not UTF-8 text.`, {}, { cause: error })
  }
}
