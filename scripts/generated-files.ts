import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { scheduleSchema } from '#model/schedule-schema.ts'
import { cliReference } from './cli-reference.ts'
import { diagnosticReference, exitCodeReference } from './code-references.ts'
import { functionPage } from './function-page.ts'
import { type ModuleFile, moduleFiles } from './module-files.ts'
import { referenceIndex, referencePage } from './module-reference.ts'
import { rolePages } from './role-reference.ts'

const root = join(import.meta.dirname, '..')

/** What generated files must hold, by path from the project's root; undefined for a file that must go. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string | undefined>> {
  const modules = await moduleFiles()
  const pages = modules.map((module) => [`docs/modules/${module.name}.md`, referencePage(module)] as const)
  const wanted = new Map([
    ['src/modules/index.ts', moduleIndex(modules)],
    ['docs/modules/README.md', referenceIndex(modules)],
    ...pages,
    ['docs/cli.md', cliReference()],
    ['docs/diagnostics.md', diagnosticReference()],
    ['docs/exit-codes.md', exitCodeReference()],
    ['docs/functions.md', functionPage()],
    ['docs/schedules.schema.json', `${JSON.stringify(scheduleSchema, undefined, 2)}\n`],
    ...(await rolePages()),
  ])
  const gone = present('docs/modules').filter((path) => !wanted.has(path))
  return new Map<string, string | undefined>([...wanted, ...gone.map((path) => [path, undefined] as const)])
}

/** The generated files that are not as they must be, by path from the project's root. */
export function staleFiles(files: ReadonlyMap<string, string | undefined>): readonly string[] {
  return [...files].filter(([path, text]) => contentOf(path) !== text).map(([path]) => path)
}

function contentOf(path: string): string | undefined {
  const full = join(root, path)
  return existsSync(full) ? readFileSync(full, 'utf8') : undefined
}

function present(folder: string): readonly string[] {
  const full = join(root, folder)
  return existsSync(full) ? readdirSync(full).map((name) => `${folder}/${name}`) : []
}

function moduleIndex(modules: readonly ModuleFile[]): string {
  const loaders = modules.map(({ name, file }) => `  ${name}: () => import('./${file}.ts'),`)
  const aliases = modules
    .flatMap(({ name, definition: { aliases = [] } }) => aliases.map((alias) => [alias, name] as const))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([alias, name]) => `  ${alias}: '${name}',`)
  return `// Written by \`npm run generate\` from the files of this folder.
import type { ModuleDefinition } from '#sdk/module.ts'

export const moduleLoaders: Readonly<Record<string, () => Promise<{ default: ModuleDefinition }>>> = {
${loaders.join('\n')}
}

export const moduleAliases: Readonly<Record<string, string>> = ${aliases.length === 0 ? '{}' : `{\n${aliases.join('\n')}\n}`}
`
}
