import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ModuleDefinition } from '#sdk/module.ts'

/** A module of the project: its name in playbooks, its file without ending, and what the file defines. */
export interface ModuleFile {
  readonly name: string
  readonly file: string
  readonly definition: ModuleDefinition
}

const folder = join(import.meta.dirname, '..', 'src', 'modules')

/** The modules in src/modules by name. Throws for a file that defines none. */
export async function moduleFiles(): Promise<readonly ModuleFile[]> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    .map((name) => name.slice(0, -'.ts'.length))
  const modules = await Promise.all(files.map(loadModule))
  return modules.sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function loadModule(file: string): Promise<ModuleFile> {
  const loaded: { default?: ModuleDefinition } = await import(pathToFileURL(join(folder, `${file}.ts`)).href)
  if (!loaded.default) throw new Error(`src/modules/${file}.ts has no default export.`)
  return { name: file.replaceAll('-', '_'), file, definition: loaded.default }
}
