import { dirname, resolve } from 'node:path'
import { nearest } from '#base/did-you-mean.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { MapNode, Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import { entryOf, isNothing, mapping, textOf } from './node-text.ts'
import type { Playbook, Scenario, ScenarioVariables, Section } from './scenario.ts'
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
  'after',
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

/** The scenario that a file says it comes after. */
export function scenarioBefore(root: Node | undefined): { name: string; range: SourceRange } | undefined {
  const value = root?.kind === 'map' ? entryOf(root, 'after')?.value : undefined
  const name = value && textOf(value)
  return value && name !== undefined ? { name, range: value.range } : undefined
}

/**
 * Gives a scenario file its meaning; `suites` are the Debian releases that there are, and `before` is the scenario that it comes
 * after. An empty file is a scenario: the role on one host, twice. Everything that is wrong is said at once; the scenario is
 * then only good for finding more.
 */
export function readScenario(
  root: Node | undefined,
  place: ScenarioPlace,
  suites: readonly string[],
  before?: Scenario,
): ReadScenario {
  const diagnostics: Diagnostic[] = []
  const say: Say = (code, range, message, remedy) =>
    void diagnostics.push({ code, severity: 'error', message, range, ...(remedy && { remedy }) })
  const map = root === undefined || isNothing(root) ? mapping({}, startOf(place.display)) : root
  if (map.kind !== 'map') {
    say('wrong-shape', map.range, 'A scenario is a mapping.', `It may have the keys ${keys.join(', ')}.`)
    return {
      scenario: new Reading(mapping({}, map.range), { place, suites, say, before }).scenario(),
      diagnostics,
    }
  }
  for (const { key, keyRange } of map.entries) {
    if (!keys.includes(key))
      say('unknown-keyword', keyRange, `A scenario has no key "${key}".`, remedyFor(key))
  }
  return { scenario: new Reading(map, { place, suites, say, before }).scenario(), diagnostics }
}

function remedyFor(key: string): string {
  const near = nearest(key, keys)
  return near ? `Did you mean "${near}"?` : `It may have ${keys.join(', ')}.`
}

/** The second one's keys take the place of those of the first. */
function merged(first: MapNode | undefined, second: MapNode | undefined): MapNode | undefined {
  if (!first || !second) return second ?? first
  const own = new Set(second.entries.map(({ key }) => key))
  return { ...second, entries: [...first.entries.filter(({ key }) => !own.has(key)), ...second.entries] }
}

const startOf = (file: string): SourceRange => {
  const start = { line: 1, column: 1, offset: 0 }
  return { file, start, end: start }
}

interface ReadingContext {
  readonly place: ScenarioPlace
  readonly suites: readonly string[]
  readonly say: Say
  readonly before: Scenario | undefined
}

class Reading {
  readonly #map: MapNode
  readonly #place: ScenarioPlace
  readonly #known: readonly string[]
  readonly #say: Say
  readonly #before: Scenario | undefined

  constructor(map: MapNode, { place, suites, say, before }: ReadingContext) {
    this.#map = map
    this.#place = place
    this.#known = suites
    this.#say = say
    this.#before = before
  }

  scenario(): Scenario {
    const { role, name, file } = this.#place
    const description = this.#text('description', 'one sentence')
    const hosts = this.#text('hosts', 'a host pattern') ?? 'all'
    const become = this.#boolean('become') ?? true
    const after = this.#text('after', 'the name of a scenario beside this one')
    if (after !== undefined) this.#refuseLab()
    const lab = entryOf(this.#map, 'lab')?.value
    const [prepare, converge, verify] = (['prepare', 'converge', 'verify'] as const).map((section) =>
      this.#playbook(section, become),
    )
    const variables = this.#variables()
    return {
      role,
      name,
      file,
      ...(description !== undefined && { description }),
      ...(after !== undefined && { after }),
      ...(lab && { lab: this.#lab(lab) }),
      suites: this.#suites(),
      variables,
      ...(prepare && { prepare }),
      converge:
        converge ?? this.#sameRun() ?? convergePlay({ role, hosts, become }, startOf(this.#place.display)),
      ...(verify ? { verify } : this.#before?.verify && { verify: this.#before.verify }),
    }
  }

  /** What the scenario before it does, unless this one says on which hosts or with which rights. */
  #sameRun(): Playbook | undefined {
    const says = ['hosts', 'become'].some((key) => entryOf(this.#map, key) !== undefined)
    return says ? undefined : this.#before?.converge
  }

  #variables(): ScenarioVariables {
    const before = this.#before?.variables
    const vars = merged(before?.vars, this.#mapping('vars'))
    const groupVars = merged(before?.groupVars, this.#mapping('group_vars'))
    const hostVars = merged(before?.hostVars, this.#mapping('host_vars'))
    return { ...(vars && { vars }), ...(groupVars && { groupVars }), ...(hostVars && { hostVars }) }
  }

  /** Two scenarios on the same hosts have the same lab. */
  #refuseLab(): void {
    for (const key of ['lab', 'suites']) {
      const entry = entryOf(this.#map, key)
      if (entry)
        this.#say(
          'wrong-shape',
          entry.keyRange,
          `A scenario that comes "after" another has its hosts, and no "${key}".`,
        )
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
