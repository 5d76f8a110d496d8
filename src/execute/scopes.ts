import type { RoleUse, Step } from '#model/program.ts'
import type { Unknown } from '#model/unknown.ts'
import type { VarsLayer } from '#model/value.ts'
import { type MagicSource, magicVariables } from './magic-variables.ts'
import type { PlayState } from './play-state.ts'
import type { RunState } from './run-state.ts'
import { type MagicVariables, Scope } from './scope.ts'

const noLocals: ReadonlyMap<string, unknown> = new Map()

export interface ScopePlace {
  readonly run: RunState
  readonly play: PlayState | undefined
  readonly step: Pick<Step, 'role' | 'layers' | 'range'> | undefined
  readonly locals?: ReadonlyMap<string, unknown>
  readonly missingFacts?: Map<string, Set<string>>
  /** Names whose values are not known yet, whatever they are now. */
  readonly open?: ReadonlyMap<string, Unknown>
}

/** The variables of one host at one step of a play, or outside any play. */
export function scopeOf(host: string, place: ScopePlace): Scope {
  const { run, play, step } = place
  const source: MagicSource = {
    run,
    play,
    role: step?.role,
    task: step,
    hostScope: (other, { missingFacts }) => scopeOf(other, { run, play, step: undefined, missingFacts }),
  }
  return new Scope({
    host: run.host(host),
    layers: layersAt(host, place),
    locals: place.locals ?? noLocals,
    magic: place.open ? exceptFor(place.open, magicVariables(source)) : magicVariables(source),
    controller: run.dependencies.controllerReads,
    ...(place.missingFacts ? { missingFacts: place.missingFacts } : {}),
    ...(step?.role?.conversions ? { conversions: step.role.conversions } : {}),
  })
}

type Levels = readonly (readonly VarsLayer[])[]

/** The list made last for a host, by the host's own part of it: tasks that stand together see the same. */
const lists = new WeakMap<
  readonly VarsLayer[],
  { readonly levels: Levels; readonly all: readonly VarsLayer[] }
>()

/** Weakest first. */
function layersAt(host: string, { run, play, step }: ScopePlace): readonly VarsLayer[] {
  const own = run.inventory.layersOf(host)
  const levels: Levels = [
    play?.play.layers ?? none,
    // Before the step's own role: a task sees its own role's defaults, whatever other role has become public.
    play?.hostLayers.get(host) ?? none,
    roleLayers(step?.role),
    step?.layers ?? none,
    answers(run, play),
    [run.program.extraVars],
  ]
  const last = lists.get(own)
  if (last && levels.every((level, i) => isSame(level, last.levels[i] ?? none))) return last.all
  const all = [...own, ...levels.flat()]
  lists.set(own, { levels, all })
  return all
}

const none: readonly VarsLayer[] = []

const isSame = (a: readonly VarsLayer[], b: readonly VarsLayer[]): boolean =>
  a === b || (a.length === b.length && a.every((layer, i) => layer === b[i]))

/** Magic variables are the strongest: what is open is so under every level. */
const exceptFor = (open: ReadonlyMap<string, Unknown>, magic: MagicVariables): MagicVariables => ({
  has: (name, scope) => open.has(name) || magic.has(name, scope),
  get: (name, scope) => open.get(name) ?? magic.get(name, scope),
  names: () => new Set([...magic.names(), ...open.keys()]),
})

const roleLayers = (role: RoleUse | undefined): readonly VarsLayer[] =>
  role ? [role.defaults, role.vars, role.params] : none

/** Level 13: what the person answered to vars_prompt. */
function answers(run: RunState, play: PlayState | undefined): readonly VarsLayer[] {
  if (!play || play.play.prompts.length === 0) return none
  const { literal } = run.dependencies
  const given = play.play.prompts.flatMap(({ name }) =>
    run.settings.answers.has(name) ? [[name, literal(run.settings.answers.get(name))] as const] : [],
  )
  return [{ level: 13, origin: 'vars_prompt', vars: new Map(given) }]
}
