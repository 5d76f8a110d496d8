import { dirname, relative, resolve } from 'node:path'
import type { TaskPlace } from '#execute/dependencies.ts'
import { compileTemplateFile } from '#lang/compile-template-file.ts'
import { compileValue } from '#lang/compile-value.ts'
import type { LoadedProject } from '#load/load-project.ts'
import { searchPath } from '#load/search-path.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import { Secret } from '#model/secret.ts'
import type { VarsFile } from '#model/syntax.ts'
import type { Lookup, Value } from '#model/value.ts'
import type { Controller } from '#sdk/controller.ts'
import { type ArchiveCache, createController } from './controller.ts'
import { FileMemory } from './file-memory.ts'
import type { FileKind } from './find-file.ts'

export interface ControllerParts {
  readonly loaded: LoadedProject
  readonly signal: AbortSignal
  readonly prompt: Controller['prompt']
  onSecret(text: string): void
}

/** Makes the controller of a task on a host: its role's files first, its variables in templates. */
export function taskControllers(parts: ControllerParts): (place: TaskPlace, lookup: Lookup) => Controller {
  const memory = new FileMemory()
  const archives: ArchiveCache = new Map()
  const { loaded, signal, prompt } = parts
  const search = rememberedSearch()
  return (place, lookup) =>
    createController({
      folder: dirname(place.playbook),
      search: (kind) => search(kind, place),
      renderTemplate: (text, path) => renderTemplate({ text, path, lookup, onSecret: parts.onSecret }),
      loadVars: async (path) => compiledVars(await loaded.varsFile(path)),
      decrypt: (content, path) => decrypted({ loaded, onSecret: parts.onSecret }, content, path),
      prompt,
      memory,
      archives,
      signal,
    })
}

/** What was worth encrypting is masked wherever it shows: in differences, say. */
async function decrypted(
  { loaded, onSecret }: Pick<ControllerParts, 'loaded' | 'onSecret'>,
  content: Uint8Array,
  path: string,
): Promise<Uint8Array> {
  const plain = await loaded.decrypt(content, path)
  onSecret(new TextDecoder().decode(plain))
  return plain
}

/** Each task looks in the same folders on every host. */
function rememberedSearch(): typeof searchFolders {
  const known = new Map<string, readonly string[]>()
  return (kind, place) => {
    const key = [kind, place.playbook, place.file, place.rolePath ?? '', ...place.parentRolePaths].join('\0')
    const folders = known.get(key) ?? searchFolders(kind, place)
    known.set(key, folders)
    return folders
  }
}

/** The folders that `searchPath` would look in, whatever the name. */
function searchFolders(kind: FileKind, place: TaskPlace): readonly string[] {
  return searchPath({
    kind,
    name: '.',
    from: resolve(place.file),
    rolePaths: [...(place.rolePath === undefined ? [] : [place.rolePath]), ...place.parentRolePaths],
    playbookFolder: dirname(place.playbook),
  })
}

interface Rendering {
  readonly text: string
  readonly path: string
  readonly lookup: Lookup
  onSecret(text: string): void
}

function renderTemplate({ text, path, lookup, onSecret }: Rendering): string {
  const { value, diagnostics } = compileTemplateFile(text, displayed(path))
  const [first] = diagnostics
  if (first) {
    throw new EvaluationError(
      first.message,
      first.range,
      first.remedy === undefined ? {} : { remedy: first.remedy },
    )
  }
  const rendered = value.render(lookup)
  if (!(rendered instanceof Secret)) return String(rendered)
  onSecret(rendered.reveal())
  return rendered.reveal()
}

function displayed(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}

/** A file of variables as values; what is wrong with it fails the task that reads it. */
export function compiledVars({ root }: VarsFile): ReadonlyMap<string, Value> {
  const vars = new Map<string, Value>()
  for (const { key, value: node } of root?.entries ?? []) {
    const { value, diagnostics } = compileValue(node)
    const [first] = diagnostics
    if (first) throw new EvaluationError(first.message, first.range)
    vars.set(key, value)
  }
  return vars
}
