import { dirname, resolve } from 'node:path'
import { nearest } from '#base/did-you-mean.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { MapNode, Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import { entryOf, isNothing, mapping, textOf } from './node-text.ts'
import type { Playbook, Scenario, Section } from './scenario.ts'
import { convergePlay, isPlay, playOfTasks } from './scenario-parts.ts'

/** Where a scenario was found. */
export interface ScenarioPlace {
  readonly role: string
  readonly name: string
  /** Absolute. */
  readonly file: string
  /** What messages call the file. */
  readonly display: string
  /** Names of the playbooks that stand beside the file, in a folder of its own: `prepare.yml` and so on. */
  readonly beside: ReadonlySet<string>
}

export interface ReadScenario {
  readonly scenario: Scenario
  readonly diagnostics: readonly Diagnostic[]
}

type Say = (code: Diagnostic['code'], range: SourceRange, message: string, remedy?: string) => void

const keys = [
  'description',
  'lab',
  'suites',
  'hosts',
  'become',
  'vars',
  'group_vars',
  'host_vars',
  'prepare',
  'converge',
  'verify',
]

/**
 * Gives a scenario file its meaning; `suites` are the Debian releases that there are. An empty file is a scenario: the role on one host, twice. Everything that is
 * wrong is said at once; the scenario is then only good for finding more.
 */
export function readScenario(
  root: Node | undefined,
  place: ScenarioPlace,
  suites: readonly string[],
): ReadScenario {
  const diagnostics: Diagnostic[] = []
  const say: Say = (code, range, message, remedy) =>
    void diagnostics.push({ code, severity: 'error', message, range, ...(remedy && { remedy }) })
  const map = root === undefined || isNothing(root) ? mapping({}, startOf(place.display)) : root
  if (map.kind !== 'map') {
    say('wrong-shape', map.range, 'A scenario is a mapping.', `It may have the keys ${keys.join(', ')}.`)
    return { scenario: new Reading(mapping({}, map.range), { place, suites, say }).scenario(), diagnostics }
  }
  for (const { key, keyRange } of map.entries) {
    if (!keys.includes(key))
      say('unknown-keyword', keyRange, `A scenario has no key "${key}".`, remedyFor(key))
  }
  return { scenario: new Reading(map, { place, suites, say }).scenario(), diagnostics }
}

function remedyFor(key: string): string {
  const near = nearest(key, keys)
  return near ? `Did you mean "${near}"?` : `It may have ${keys.join(', ')}.`
}

const startOf = (file: string): SourceRange => {
  const start = { line: 1, column: 1, offset: 0 }
  return { file, start, end: start }
}

interface ReadingContext {
  readonly place: ScenarioPlace
  readonly suites: readonly string[]
  readonly say: Say
}

class Reading {
  readonly #map: MapNode
  readonly #place: ScenarioPlace
  readonly #known: readonly string[]
  readonly #say: Say

  constructor(map: MapNode, { place, suites, say }: ReadingContext) {
    this.#map = map
    this.#place = place
    this.#known = suites
    this.#say = say
  }

  scenario(): Scenario {
    const { role, name, file } = this.#place
    const description = this.#text('description', 'one sentence')
    const hosts = this.#text('hosts', 'a host pattern') ?? 'all'
    const become = this.#boolean('become') ?? true
    const lab = entryOf(this.#map, 'lab')?.value
    const [prepare, converge, verify] = (['prepare', 'converge', 'verify'] as const).map((section) =>
      this.#playbook(section, become),
    )
    const [vars, groupVars, hostVars] = ['vars', 'group_vars', 'host_vars'].map((key) => this.#mapping(key))
    return {
      role,
      name,
      file,
      ...(description !== undefined && { description }),
      ...(lab && { lab: this.#lab(lab) }),
      suites: this.#suites(),
      variables: { ...(vars && { vars }), ...(groupVars && { groupVars }), ...(hostVars && { hostVars }) },
      ...(prepare && { prepare }),
      converge: converge ?? convergePlay({ role, hosts, become }, startOf(this.#place.display)),
      ...(verify && { verify }),
    }
  }

  /** A file name may be relative to the scenario. */
  #lab(lab: Node): Node {
    if (lab.kind === 'map' || textOf(lab) !== undefined) return lab
    this.#say('wrong-shape', lab.range, '"lab" is a mapping as in a lab.yml, or the name of such a file.')
    return mapping({}, lab.range)
  }

  #playbook(section: Section, become: boolean): Playbook | undefined {
    const { file, beside } = this.#place
    const entry = entryOf(this.#map, section)
    if (!entry) {
      const name = ['yml', 'yaml'].map((ending) => `${section}.${ending}`).find((each) => beside.has(each))
      const range = startOf(this.#place.display)
      return name === undefined ? undefined : { kind: 'file', path: resolve(dirname(file), name), range }
    }
    const { value } = entry
    const name = textOf(value)
    if (name !== undefined) return { kind: 'file', path: resolve(dirname(file), name), range: value.range }
    if (value.kind !== 'list') {
      const message = `"${section}" is a list of tasks, a list of plays, or the name of a playbook beside this file.`
      this.#say('wrong-shape', value.range, message)
      return undefined
    }
    const plays = value.items.filter(isPlay)
    if (plays.length > 0) {
      const task = value.items.find((item) => !isPlay(item))
      if (task)
        this.#say('wrong-shape', task.range, `"${section}" mixes tasks with plays.`, 'Put it into a play.')
      return { kind: 'plays', root: value }
    }
    return { kind: 'plays', root: playOfTasks(section, value, become) }
  }

  #text(key: string, what: string): string | undefined {
    const value = entryOf(this.#map, key)?.value
    if (!value) return undefined
    const text = textOf(value)
    if (text === undefined) this.#say('wrong-type', value.range, `"${key}" has to be ${what}.`)
    return text
  }

  #boolean(key: string): boolean | undefined {
    const value = entryOf(this.#map, key)?.value
    if (!value) return undefined
    if (value.kind === 'scalar' && typeof value.value === 'boolean') return value.value
    this.#say('wrong-type', value.range, `"${key}" has to be true or false.`)
    return undefined
  }

  #mapping(key: string): MapNode | undefined {
    const value = entryOf(this.#map, key)?.value
    if (!value || isNothing(value)) return undefined
    if (value.kind === 'map') return value
    this.#say('wrong-shape', value.range, `"${key}" has to be a mapping.`)
    return undefined
  }

  #suites(): readonly string[] {
    const entry = entryOf(this.#map, 'suites')
    if (!entry) return []
    const { value } = entry
    const names = value.kind === 'list' ? value.items.map(textOf) : [undefined]
    const isKnown = (name: string | undefined) => name !== undefined && this.#known.includes(name)
    if (names.length === 0 || !names.every(isKnown)) {
      this.#say('wrong-type', value.range, `"suites" has to be a list of ${this.#known.join(', ')}.`)
      return []
    }
    return [...new Set(names.filter((name) => name !== undefined))]
  }
}
