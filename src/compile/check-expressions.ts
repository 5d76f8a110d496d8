import { connectionSpellings, connectionVariable, connectionVariables } from '#model/connection-variables.ts'
import { magicVariables, presetVariables } from '#model/magic-variables.ts'
import type { Play, Step } from '#model/program.ts'
import type { Context } from './context.ts'
import { Definitions, inventoryNames } from './definitions.ts'
import type { DynamicNames } from './dynamic-names.ts'
import { hostsOfPattern } from './list-program.ts'
import { NameCheck } from './name-check.ts'
import { keywordReads, loopNames, readsOf } from './readables.ts'
import { templateOf } from './template-reads.ts'

/**
 * Checks that every name a play reads can be defined by something (ruling 1), and finds which facts it reads. The
 * whole of a play is looked at, also what tags leave out today.
 */
export function checkExpressions(
  plays: readonly Play[],
  dynamic: DynamicNames,
  context: Context,
): readonly Play[] {
  const names = inventoryNames(context.inventory)
  return plays.map((play) => {
    const definitions = new Definitions({
      inventory: context.inventory,
      extraVars: context.request.extraVars,
      play,
      hosts: hostsOfPattern(play.hosts, context.inventory) ?? [...context.inventory.hosts.keys()],
      inventoryNames: names,
    })
    const isDefined = (name: string) => definedElsewhere(name, play, dynamic, context)
    const check = new NameCheck({ definitions, play, dynamic, report: context.report, isDefined })
    checkPlay(play, check, context)
    return { ...play, factPaths: check.factPaths }
  })
}

function definedElsewhere(name: string, play: Play, dynamic: DynamicNames, { request }: Context): boolean {
  if (magicVariables.has(name) || presetVariables.has(name) || dynamic.variables.has(name)) return true
  if (connectionVariable(name) !== undefined || play.prompts.some((prompt) => prompt.name === name))
    return true
  return [...(request.definedNames ?? [])].includes(name)
}

function checkPlay(play: Play, check: NameCheck, context: Context): void {
  for (const readable of keywordReads(play.keywords)) check.read(readable, undefined, new Set())
  // The engine reads these by itself to reach a host.
  for (const name of connectionNames) check.readVariable(name)
  for (const name of play.dynamicVarsFiles.flat()) check.read(name, undefined, new Set())
  const steps = [...play.sections.flatMap((section) => section.steps), ...play.handlers]
  checkSteps(steps, { locals: new Set(), check, context })
  const locals = new Set(steps.flatMap((step) => ('loop' in step ? loopNames(step.loop) : [])))
  for (const layer of play.layers.filter(({ level }) => level === 12)) {
    for (const value of layer.vars.values()) check.read(value, undefined, new Set([...locals, 'item']))
  }
}

const connectionNames = Object.keys(connectionVariables)
  .flatMap((name) => connectionVariable(name) ?? [])
  .flatMap(connectionSpellings)

interface Inside {
  /** Names that loops around bring. */
  readonly locals: ReadonlySet<string>
  readonly check: NameCheck
  readonly context: Context
}

function checkSteps(steps: readonly Step[], inside: Inside): void {
  for (const step of steps) checkStep(step, inside)
}

function checkStep(step: Step, { locals, check, context }: Inside): void {
  const { outer, inner } = readsOf(step)
  const own = 'loop' in step ? loopNames(step.loop) : []
  const within = new Set([...locals, ...own])
  // What a condition asks about with defined() or default() is not read where the condition does not hold.
  const guarded = new Set(
    step.when.flatMap(({ names, required }) => [...names].filter((name) => !required.has(name))),
  )
  for (const readable of outer) check.read(readable, step, new Set([...locals, ...guarded]))
  for (const readable of inner) check.read(readable, step, new Set([...within, ...guarded]))
  const template = step.kind === 'task' ? templateOf(step, context) : undefined
  if (template) check.read(template, step, new Set([...within, ...guarded]))
  const inside = { locals: new Set([...within, ...guarded]), check, context }
  if (step.kind === 'block') checkSteps([...step.block, ...step.rescue, ...step.always], inside)
  const included = step.kind === 'include' ? context.included.get(step.id) : undefined
  if (included) checkSteps([...included.steps, ...included.handlers], inside)
}
