import { magicVariables, presetVariables } from '#model/magic-variables.ts'
import type { Play, Step } from '#model/program.ts'
import type { SourceRange } from '#model/source.ts'
import { ansibleFact } from './ansible-facts.ts'
import type { Definitions } from './definitions.ts'
import type { DynamicNames } from './dynamic-names.ts'
import type { Readable } from './readables.ts'
import { didYouMean, type Report } from './report.ts'
import { argumentModule } from './role-arguments.ts'

interface Parts {
  readonly definitions: Definitions
  readonly play: Play
  readonly dynamic: DynamicNames
  readonly report: Report
  /** Whether something other than a level of variables defines the name. */
  isDefined(name: string): boolean
}

/**
 * Follows what a play reads: from its tasks to the variables they name, and on to what those name in turn. So a
 * variable that nothing uses may name what does not exist.
 */
export class NameCheck {
  readonly factPaths = new Set<string>()
  readonly #parts: Parts
  /** Variables already followed, for steps that see the same ones. */
  readonly #followed = new Map<unknown, Set<Readable>>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Checks what one readable names. `locals` are names that hold here besides all variables. */
  read(readable: Readable, step: Step | undefined, locals: ReadonlySet<string>): void {
    this.#read(readable, { step, locals, open: new Set(), quiet: false })
  }

  /** Checks what a variable of the play's hosts names. */
  readVariable(name: string): void {
    for (const value of this.#parts.definitions.effective(name, undefined))
      this.read(value, undefined, new Set())
  }

  #read(readable: Readable, place: ReadPlace): void {
    if (place.open.has(readable) || this.#isFollowed(readable, place)) return
    this.#noteFacts(readable)
    const inside = { ...place, open: new Set([...place.open, readable]) }
    for (const name of readable.names) this.#follow(name, readable, inside)
  }

  /** Loop variables aside, a variable means the same for all steps of a role that have the same layers. */
  #isFollowed(readable: Readable, { step, locals, open, quiet }: ReadPlace): boolean {
    if (quiet || open.size === 0 || locals.size > 0 || (step?.layers.length ?? 0) > 0) return false
    const seen = this.#followed.get(step?.role) ?? new Set()
    this.#followed.set(step?.role, seen)
    if (seen.has(readable)) return true
    seen.add(readable)
    return false
  }

  #follow(name: string, readable: Readable, place: ReadPlace): void {
    if (place.locals.has(name)) return
    const { definitions } = this.#parts
    // A task may set it before it is read: then what a weaker level says may never be rendered.
    if (this.#parts.isDefined(name)) return
    if (definitions.has(name, place.step)) {
      const quiet = place.quiet || !readable.required.has(name)
      for (const value of definitions.effective(name, place.step)) this.#read(value, { ...place, quiet })
      return
    }
    if (readable.required.has(name) && !place.quiet) this.#reportUndefined(name, readable, place)
  }

  #noteFacts(readable: Readable): void {
    for (const path of readable.paths) {
      const [root, ...rest] = path.split('.')
      if (root !== 'facts' && root !== 'ansible_facts') continue
      if (root === 'ansible_facts') this.#checkAnsibleFact(rest[0], readable.rangeOf(root))
      this.factPaths.add(rest.length === 0 ? '*' : rest.join('.'))
      if (this.#parts.play.gatherFacts === false && !this.#parts.dynamic.gathersFacts) {
        this.#reportFacts(readable.rangeOf(root))
      }
    }
  }

  /** `ansible_facts` holds tsplay's facts, which mostly have other names than Ansible's. */
  #checkAnsibleFact(name: string | undefined, range: SourceRange): void {
    const fact = name === undefined ? undefined : ansibleFact(`ansible_${name}`)
    if (fact === undefined || fact === `facts.${name}`) return
    this.#parts.report.add({
      code: 'undefined-variable',
      message: `There is no fact "${name}".`,
      remedy: `In tsplay it is called "${fact}".`,
      range,
    })
  }

  #reportFacts(range: SourceRange): void {
    this.#parts.report.add({
      code: 'undefined-variable',
      message: 'This play has "gather_facts: false", so there are no facts to read.',
      remedy: 'Remove "gather_facts": facts are only fetched when something reads them.',
      range,
    })
  }

  #reportUndefined(name: string, readable: Readable, { step, locals }: ReadPlace): void {
    const { definitions, dynamic, play, report } = this.#parts
    if (step?.kind === 'task' && step.module === argumentModule) {
      const message = `The role "${step.role?.name}" needs the argument "${name}", and nothing defines it.`
      report.add({ code: 'bad-role-argument', message, range: readable.rangeOf(name) })
      return
    }
    if (dynamic.anyVariable || play.dynamicVarsFiles.length > 0) return
    const fact = ansibleFact(name)
    const candidates = [
      ...locals,
      ...definitions.names(step),
      ...dynamic.variables,
      ...magicVariables,
      ...presetVariables.keys(),
    ]
    report.add({
      code: 'undefined-variable',
      message: `Nothing defines the variable "${name}".`,
      remedy: fact === undefined ? didYouMean(name, candidates) : `In tsplay it is called "${fact}".`,
      range: readable.rangeOf(name),
    })
  }
}

interface ReadPlace {
  readonly step: Step | undefined
  readonly locals: ReadonlySet<string>
  /** What is being followed, from the step inwards: variables may name each other in a circle. */
  readonly open: ReadonlySet<Readable>
  /** Inside defined() or default(), which take what is undefined as an answer. */
  readonly quiet: boolean
}
