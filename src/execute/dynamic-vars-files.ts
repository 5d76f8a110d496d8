import { EvaluationError } from '#model/evaluation-error.ts'
import type { VarsLayer } from '#model/value.ts'
import { evaluate } from './evaluate.ts'
import type { PlayState } from './play-state.ts'
import { scopeOf } from './scopes.ts'

/** Reads `vars_files` whose names hold variables, for one host. Throws when none of a list exists. */
export async function dynamicVars(host: string, state: PlayState): Promise<void> {
  const { run, play } = state
  for (const candidates of play.dynamicVarsFiles) {
    const scope = scopeOf(host, { run, play: state, step: undefined })
    const names = await evaluate(run, scope, () => candidates.map((name) => String(name.render(scope))))
    const vars = await run.dependencies.varsFile(names, play.file)
    if (!vars) {
      throw new EvaluationError(`None of the vars_files exists: ${names.join(', ')}.`, candidates[0]?.range)
    }
    const layer: VarsLayer = { level: 14, origin: names.join(', '), vars }
    state.hostLayers.set(host, [...(state.hostLayers.get(host) ?? []), layer])
  }
}
