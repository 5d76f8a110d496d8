import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ModuleDefinition } from '#sdk/module.ts'
import { ModuleCatalogue } from './module-catalogue.ts'

/** All modules that a project in the working folder can call: tsplay's and those of the roles in `roles/`. */
export function catalogueHere(): ModuleCatalogue {
  const catalogue = new ModuleCatalogue()
  const files = globSync('roles/*/modules/*.ts').filter((path) => !/\.(test|d)\.ts$/.test(path))
  catalogue.addFiles(files.sort().map((path) => resolve(path)))
  return catalogue
}

export interface NamedModule {
  readonly name: string
  readonly definition: ModuleDefinition
}

/** Every module of a catalogue, loaded, by name. Those of roles that cannot be loaded are told to `onBroken`. */
export async function everyModule(
  catalogue: ModuleCatalogue,
  onBroken: (name: string, error: unknown) => void,
): Promise<readonly NamedModule[]> {
  const names = [...new Set([...catalogue.names()].flatMap((name) => catalogue.canonical(name) ?? []))]
  const loaded = await Promise.all(
    names.sort().map(async (name) => {
      try {
        await catalogue.load([name])
        return [{ name, definition: catalogue.module(name) }]
      } catch (error) {
        onBroken(name, error)
        return []
      }
    }),
  )
  return loaded.flat()
}
