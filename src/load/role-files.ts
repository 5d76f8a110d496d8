import { basename, dirname, extname, join, relative } from 'node:path'
import type { RoleFiles, VarsFile, YamlFile } from '#model/syntax.ts'
import type { SourceReader } from './source-reader.ts'
import { readVarsFile } from './vars-file.ts'
import { varsFilesBelow } from './vars-folder.ts'

/** Folders of which a role has at least one. */
export const roleFolders: ReadonlySet<string> = new Set([
  'tasks',
  'handlers',
  'defaults',
  'vars',
  'templates',
  'files',
  'meta',
  'modules',
])

/** Reads all of a role that is text: tasks, handlers, defaults, vars, meta. Templates and files only when used. */
export async function readRoleFiles(reader: SourceReader, name: string, path: string): Promise<RoleFiles> {
  // One look at the role tells which of its folders there are.
  reader.list(path)
  const [tasks, handlers, defaults, vars, meta, specs, modules] = await Promise.all([
    taskFiles(reader, join(path, 'tasks')),
    taskFiles(reader, join(path, 'handlers')),
    varsFiles(reader, join(path, 'defaults')),
    varsFiles(reader, join(path, 'vars')),
    firstYaml(reader, join(path, 'meta'), ['main', 'role']),
    firstYaml(reader, join(path, 'meta'), ['argument_specs']),
    moduleFiles(reader, join(path, 'modules')),
  ])
  const argumentSpecs = specs ?? (hasSpecs(meta) ? meta : undefined)
  return {
    name,
    path,
    tasks,
    handlers,
    defaults,
    vars,
    modules,
    ...(meta && { meta }),
    ...(argumentSpecs && { argumentSpecs }),
  }
}

function hasSpecs(meta: YamlFile | undefined): boolean {
  return meta?.root?.kind === 'map' && meta.root.entries.some((entry) => entry.key === 'argument_specs')
}

async function taskFiles(reader: SourceReader, folder: string): Promise<ReadonlyMap<string, YamlFile>> {
  const paths = varsFilesBelow(reader, folder)
  const files = await Promise.all(
    [...byKey(folder, paths)].map(async ([key, path]) => [key, await reader.yaml(path)] as const),
  )
  return new Map(files)
}

async function varsFiles(
  reader: SourceReader,
  folder: string,
): Promise<ReadonlyMap<string, readonly VarsFile[]>> {
  const paths = varsFilesBelow(reader, folder)
  const single = byKey(folder, paths)
  const grouped = new Map<string, string[]>([...single].map(([key, path]) => [key, [path]]))
  // A folder `main/` stands for all its files, unless there is a file `main.yml`.
  for (const path of paths) {
    const [first = '', ...rest] = relative(folder, path).split('/')
    if (rest.length === 0 || single.has(first)) continue
    grouped.set(first, [...(grouped.get(first) ?? []), path])
  }
  const files = await Promise.all(
    [...grouped].map(
      async ([key, all]) => [key, await Promise.all(all.map((path) => readVarsFile(reader, path)))] as const,
    ),
  )
  return new Map(files)
}

/** Files by their path in the folder without its ending; of `main.yml` and `main.yaml` the first counts. */
function byKey(folder: string, paths: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const path of [...paths].sort((a, b) => rank(a) - rank(b))) {
    const key = relative(folder, join(dirname(path), basename(path, extname(path))))
    if (!found.has(key)) found.set(key, path)
  }
  return found
}

const endings = ['.yml', '.yaml', '.json', '']

function rank(path: string): number {
  return endings.indexOf(extname(path))
}

function firstYaml(
  reader: SourceReader,
  folder: string,
  names: readonly string[],
): Promise<YamlFile> | undefined {
  for (const name of names) {
    const ending = endings.find((each) => reader.exists(join(folder, name + each)))
    if (ending !== undefined) return reader.yaml(join(folder, name + ending))
  }
  return undefined
}

function moduleFiles(reader: SourceReader, folder: string): readonly string[] {
  return reader
    .list(folder)
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.endsWith('.test.ts'))
    .map(({ name }) => join(folder, name))
}
