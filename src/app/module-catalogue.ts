import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { moduleAliases, moduleLoaders } from '#modules/index.ts'
import type { Catalogue } from '#sdk/catalogue.ts'
import type { ModuleDefinition } from '#sdk/module.ts'
import { shareSdk } from './share-sdk.ts'

/** Prefixes under which Ansible's users know the built-in modules. */
export const modulePrefixes = ['ansible.builtin.', 'ansible.legacy.', 'ansible.posix.', 'community.general.']

/** All modules there are, loaded when a project needs them; roles may bring their own. */
export class ModuleCatalogue implements Catalogue {
  readonly #loaded = new Map<string, ModuleDefinition>()
  readonly #ownFiles = new Map<string, string>()

  canonical(name: string): string | undefined {
    const plain = withoutPrefix(name)
    if (this.#ownFiles.has(plain)) return plain
    if (Object.hasOwn(moduleLoaders, plain)) return plain
    return Object.hasOwn(moduleAliases, plain) ? moduleAliases[plain] : undefined
  }

  names(): Iterable<string> {
    return [...Object.keys(moduleLoaders), ...Object.keys(moduleAliases), ...this.#ownFiles.keys()]
  }

  module(canonicalName: string): ModuleDefinition {
    const definition = this.#loaded.get(canonicalName)
    if (!definition) throw new Error(`The module ${canonicalName} was not loaded.`)
    return definition
  }

  /** Makes the modules of roles known, by their file names. */
  addFiles(paths: Iterable<string>): void {
    for (const path of paths) this.#ownFiles.set(basename(path, '.ts').replaceAll('-', '_'), path)
  }

  /** Loads modules by any of their names; names that do not exist are left for `compile` to report. */
  async load(names: Iterable<string>): Promise<void> {
    const wanted = new Set([...names].flatMap((name) => this.canonical(name) ?? []))
    await Promise.all(
      [...wanted].filter((name) => !this.#loaded.has(name)).map((name) => this.#loadOne(name)),
    )
  }

  async #loadOne(name: string): Promise<void> {
    const own = this.#ownFiles.get(name)
    if (own) shareSdk()
    const loaded = own ? await import(pathToFileURL(own).href) : await moduleLoaders[name]?.()
    if (!loaded?.default) throw new Error(`The file of the module ${name} has no default export.`)
    this.#loaded.set(name, loaded.default)
  }
}

function withoutPrefix(name: string): string {
  const prefix = modulePrefixes.find((one) => name.startsWith(one))
  return prefix ? name.slice(prefix.length) : name
}
