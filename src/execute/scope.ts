import { nearest } from '#base/did-you-mean.ts'
import { connectionSpellings, connectionVariable } from '#model/connection-variables.ts'
import { EvaluationError, UndefinedName } from '#model/evaluation-error.ts'
import { presetVariables } from '#model/magic-variables.ts'
import type { ControllerReads, Lookup, Value, VarsLayer } from '#model/value.ts'
import type { HostState } from './host-state.ts'

/** Where a name's value comes from: a template still to be rendered, or data. */
type Found = { readonly value: Value } | { readonly data: unknown }

/** What a scope is made of. Layers are given weakest first and keep their order within a level. */
export interface ScopeParts {
  readonly host: HostState
  readonly layers: readonly VarsLayer[]
  /** Loop variables and the like: stronger than all layers. */
  readonly locals: ReadonlyMap<string, unknown>
  /** Variables that tsplay sets itself: strongest of all. Asked by name, so that each is made only when read. */
  readonly magic: MagicVariables
  readonly controller: ControllerReads
  /** Types that a role's argument specification gives to its variables, wherever they come from. */
  readonly conversions?: ReadonlyMap<string, (value: unknown) => unknown>
  /** Of the scope in which an evaluation began, so that it hears of what was read through this one. */
  readonly missingFacts?: Map<string, Set<string>>
}

export interface MagicVariables {
  has(name: string, scope: Scope): boolean
  get(name: string, scope: Scope): unknown
  names(): Iterable<string>
}

const setFactLevel = 19
const includedVarsLevel = 18

/**
 * The variables one host sees at one place, in Ansible's order of precedence. Values are rendered when they
 * are read, and once per scope.
 */
export class Scope implements Lookup {
  readonly controller: ControllerReads
  /** Facts that were read and are not known yet: the engine fetches them and evaluates again. */
  readonly missingFacts: Map<string, Set<string>>
  readonly #parts: ScopeParts
  readonly #strongestFirst: readonly VarsLayer[]
  readonly #rendered = new Map<string, unknown>()
  readonly #rendering = new Set<string>()

  constructor(parts: ScopeParts) {
    this.#parts = parts
    this.controller = parts.controller
    this.missingFacts = parts.missingFacts ?? new Map()
    this.#strongestFirst = strongestFirst(parts.layers)
  }

  /** Loop variables and the like that hold here. */
  get locals(): ReadonlyMap<string, unknown> {
    return this.#parts.locals
  }

  get host(): HostState {
    return this.#parts.host
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined
  }

  get(name: string): unknown {
    if (this.#rendered.has(name)) return this.#rendered.get(name)
    const found = this.#find(name)
    if (!found) throw this.#undefinedName(name)
    const given = 'data' in found ? found.data : this.#render(name, found.value)
    const convert = this.#parts.conversions?.get(name)
    const value = convert ? convert(given) : given
    this.#rendered.set(name, value)
    return value
  }

  names(): Iterable<string> {
    const { host, locals, magic } = this.#parts
    const layered = this.#strongestFirst.flatMap(({ vars }) => [...vars.keys()])
    return new Set([
      ...layered,
      ...host.setFacts.keys(),
      ...host.includedVars.keys(),
      ...locals.keys(),
      ...magic.names(),
    ])
  }

  /** The same place with more local variables: the item of a loop, a task's own result. */
  with(locals: ReadonlyMap<string, unknown>): Scope {
    const { missingFacts } = this
    return new Scope({ ...this.#parts, missingFacts, locals: new Map([...this.#parts.locals, ...locals]) })
  }

  /** Notes that a fact was read before it was known. */
  needFact(host: string, fact: string): void {
    const facts = this.missingFacts.get(host) ?? new Set()
    this.missingFacts.set(host, facts.add(fact))
  }

  /** Forgets rendered values, because facts have arrived. */
  refresh(): void {
    this.missingFacts.clear()
    this.#rendered.clear()
  }

  #find(name: string): Found | undefined {
    const { magic, locals } = this.#parts
    if (magic.has(name, this)) return { data: magic.get(name, this) }
    if (locals.has(name)) return { data: locals.get(name) }
    const spellings = spellingsOf(name)
    return (
      this.#inLayers(spellings, setFactLevel + 1, Number.POSITIVE_INFINITY) ??
      this.#inHost(spellings) ??
      this.#inLayers(spellings, 0, includedVarsLevel - 1) ??
      preset(name)
    )
  }

  #inLayers(spellings: readonly string[], lowest: number, highest: number): Found | undefined {
    for (const layer of this.#strongestFirst) {
      if (layer.level < lowest || layer.level > highest) continue
      for (const spelling of spellings) {
        const value = layer.vars.get(spelling)
        if (value) return { value }
      }
    }
    return undefined
  }

  #inHost(spellings: readonly string[]): Found | undefined {
    const { setFacts, includedVars } = this.#parts.host
    for (const spelling of spellings) if (setFacts.has(spelling)) return { data: setFacts.get(spelling) }
    for (const spelling of spellings) {
      const value = includedVars.get(spelling)
      if (value) return { value }
    }
    return undefined
  }

  #render(name: string, value: Value): unknown {
    if (this.#rendering.has(name)) {
      throw new EvaluationError(`The variable "${name}" is defined by itself.`, value.range)
    }
    this.#rendering.add(name)
    try {
      return value.render(this)
    } finally {
      this.#rendering.delete(name)
    }
  }

  #undefinedName(name: string): UndefinedName {
    const near = nearest(name, [...this.names()])
    const remedy = near ? { remedy: `Did you mean "${near}"?` } : {}
    return new UndefinedName(name, `"${name}" is not defined for ${this.host.name}.`, undefined, remedy)
  }
}

const sorted = new WeakMap<readonly VarsLayer[], readonly VarsLayer[]>()

/** Once for each list: there is a scope for every task on every host, and many have the same. */
function strongestFirst(weakestFirst: readonly VarsLayer[]): readonly VarsLayer[] {
  const known = sorted.get(weakestFirst)
  if (known) return known
  const layers = weakestFirst.toReversed().sort((a, b) => b.level - a.level)
  sorted.set(weakestFirst, layers)
  return layers
}

function preset(name: string): Found | undefined {
  return presetVariables.has(name) ? { data: presetVariables.get(name) } : undefined
}

/** Connection variables can be read under each of their names; all others have one. */
function spellingsOf(name: string): readonly string[] {
  const variable = connectionVariable(name)
  return variable ? connectionSpellings(variable) : [name]
}
