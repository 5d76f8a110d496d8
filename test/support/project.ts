import { posix } from 'node:path'
import { parseYaml } from '#load/yaml-source.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { MapNode } from '#model/node.ts'
import type { PlaybookFile, Project, ResolveRequest, RoleFiles, VarsFile, YamlFile } from '#model/syntax.ts'

const root = '/project'

/**
 * A project made of texts instead of files: paths are relative to its folder, playbooks are the files at its top
 * that are not vars files, roles lie under `roles/`.
 */
export function projectOf(files: Readonly<Record<string, string>>, playbooks = ['site.yml']): Project {
  const diagnostics: Diagnostic[] = []
  const yaml = Object.entries(files).filter(([path]) => !path.endsWith('.hbs'))
  const templates = Object.entries(files).filter(([path]) => path.endsWith('.hbs'))
  const parsed = new Map(yaml.map(([path, text]) => [path, read(path, text, diagnostics)]))
  const playbook = (path: string): PlaybookFile => ({
    ...file(parsed, path),
    imports: importsOf(parsed, path, playbook),
  })
  const roles = new Set([...parsed.keys()].flatMap((path) => /^roles\/([^/]+)\//.exec(path)?.[1] ?? []))
  const others = [...parsed].filter(([path]) => !path.startsWith('roles/'))
  return {
    playbooks: playbooks.map(playbook),
    roles: new Map([...roles].map((name) => [name, roleOf(name, parsed)])),
    taskFiles: new Map(
      others.filter(([, one]) => one.root?.kind === 'list').map(([path, one]) => [`${root}/${path}`, one]),
    ),
    varsFiles: new Map(
      others.flatMap(([path, one]) => asVars(one).map((vars) => [`${root}/${path}`, vars] as const)),
    ),
    templates: new Map(templates.map(([path, text]) => [`${root}/${path}`, { path, text }])),
    sources: new Map(Object.entries(files)),
    diagnostics,
    resolve: (request) =>
      candidates(request).find((path) => Object.hasOwn(files, path.slice(root.length + 1))),
  }
}

function read(path: string, text: string, diagnostics: Diagnostic[]): YamlFile {
  const yaml = parseYaml(text, path)
  diagnostics.push(...yaml.diagnostics)
  return { path, absolutePath: `${root}/${path}`, root: yaml.root }
}

function file(parsed: ReadonlyMap<string, YamlFile>, path: string): YamlFile {
  const found = parsed.get(path)
  if (!found) throw new Error(`The test has no file ${path}.`)
  return found
}

function importsOf(
  parsed: ReadonlyMap<string, YamlFile>,
  path: string,
  playbook: (path: string) => PlaybookFile,
): ReadonlyMap<string, PlaybookFile> {
  const list = parsed.get(path)?.root
  const entries =
    list?.kind === 'list' ? list.items.flatMap((item) => (item.kind === 'map' ? item.entries : [])) : []
  const names = entries.flatMap(({ key, value }) =>
    key === 'import_playbook' && value.kind === 'scalar' ? [String(value.value)] : [],
  )
  const found = names.map((name) => [name, posix.join(posix.dirname(path), name)] as const)
  return new Map(found.filter(([, at]) => parsed.has(at)).map(([name, at]) => [name, playbook(at)]))
}

const folders = {
  tasks: 'tasks',
  handlers: 'handlers',
  vars: 'vars',
  file: 'files',
  template: 'templates',
} as const

function candidates({ kind, name, from, role }: ResolveRequest): readonly string[] {
  const folder = posix.dirname(from)
  const own = role === undefined ? [] : [`${root}/roles/${role}/${folders[kind]}`, `${root}/roles/${role}`]
  return [folder, ...own, `${folder}/${folders[kind]}`].map((place) => posix.resolve(place, name))
}

function asVars(one: YamlFile): readonly VarsFile[] {
  if (one.root === undefined) return [{ ...one, root: undefined }]
  return one.root.kind === 'map' ? [{ ...one, root: one.root }] : []
}

function roleOf(name: string, parsed: ReadonlyMap<string, YamlFile>): RoleFiles {
  const below = (folder: string): [string, YamlFile][] => {
    const start = `roles/${name}/${folder}/`
    return [...parsed]
      .filter(([path]) => path.startsWith(start))
      .map(([path, one]) => [stem(path, start), one])
  }
  const vars = (folder: string): ReadonlyMap<string, readonly VarsFile[]> =>
    new Map(below(folder).map(([key, one]) => [key, asVars(one)]))
  const meta = new Map(below('meta'))
  const main = meta.get('main')
  const specs = meta.get('argument_specs') ?? (hasSpecs(main) ? main : undefined)
  return {
    name,
    path: `${root}/roles/${name}`,
    tasks: new Map(below('tasks')),
    handlers: new Map(below('handlers')),
    defaults: vars('defaults'),
    vars: vars('vars'),
    ...(main && { meta: main }),
    ...(specs && { argumentSpecs: specs }),
    modules: [],
  }
}

const stem = (path: string, start: string): string => path.slice(start.length).replace(/\.ya?ml$/, '')

const hasSpecs = (file: YamlFile | undefined): boolean =>
  mapOf(file)?.entries.some(({ key }) => key === 'argument_specs') ?? false

const mapOf = (file: YamlFile | undefined): MapNode | undefined =>
  file?.root?.kind === 'map' ? file.root : undefined
