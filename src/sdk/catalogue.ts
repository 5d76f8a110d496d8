import type { ModuleDefinition } from './module.ts'

/**
 * The modules there are, as far as a project needs them. Names are synonyms: `apt`, `ansible.builtin.apt` and a
 * module's aliases. It is synchronous; loading the definitions is done before it is handed on.
 */
export interface Catalogue {
  /** The module's own name, for any name it answers to; undefined when there is no such module. */
  canonical(name: string): string | undefined
  /** Every name that `canonical` knows, for "did you mean". Includes modules that were not loaded. */
  names(): Iterable<string>
  /** The definition by the module's own name. Throws for a module that exists and was not loaded: that is a bug. */
  module(canonicalName: string): ModuleDefinition
}
