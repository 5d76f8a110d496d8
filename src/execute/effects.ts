import type { Effects } from '#sdk/module.ts'
import type { RunState } from './run-state.ts'

/** Effects, and whose they are when not the task's host's: with `delegate_facts` the delegate's. */
export type AimedEffects = Effects & { readonly host?: string }

/** Carries out what a task does to the run: facts and variables of its host, new hosts and groups. */
export function applyEffects(
  effects: AimedEffects,
  { run, host: own }: { run: RunState; host: string },
): void {
  const host = effects.host ?? own
  const state = run.host(host)
  for (const [name, value] of Object.entries(effects.facts ?? {})) state.setFacts.set(name, value)
  for (const [name, value] of effects.vars ?? []) state.includedVars.set(name, value)
  const { namedVars } = effects
  if (namedVars) state.includedVars.set(namedVars.name, run.dependencies.mapping(namedVars.vars))
  if (effects.addHost) addHost(run, effects.addHost)
  for (const group of effects.groupBy?.groups ?? []) {
    run.inventory.addToGroup(host, group, effects.groupBy?.parents ?? [])
  }
}

function addHost(run: RunState, { name, groups, vars }: NonNullable<Effects['addHost']>): void {
  const { literal } = run.dependencies
  run.inventory.addHost(
    name,
    groups,
    new Map(Object.entries(vars).map(([key, value]) => [key, literal(value)] as const)),
  )
}
