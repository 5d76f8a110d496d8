import { EvaluationError } from '#model/evaluation-error.ts'
import { HostError } from '#model/host-error.ts'
import type { Become } from '#model/transport.ts'
import type { RunState } from './run-state.ts'
import type { Scope } from './scope.ts'

/** A playbook that keeps asking for new facts in one evaluation is a bug of tsplay, not of the user. */
const mostRounds = 20

/**
 * Evaluates with facts fetched as they turn out to be needed: what was read and is not known is asked for, and
 * the evaluation is made again.
 */
export async function evaluate<T>(
  run: RunState,
  scope: Scope,
  work: () => T | Promise<T>,
  as?: Become,
): Promise<T> {
  for (let round = 0; round < mostRounds; round += 1) {
    const made = attempted(work)
    const attempt = made instanceof Promise ? await made : made
    if (scope.missingFacts.size === 0) {
      if ('error' in attempt) throw attempt.error
      return attempt.value
    }
    const needed = [...scope.missingFacts]
    await Promise.all(
      needed.map(([host, facts]) =>
        host === scope.host.name ? fetchFacts(run, host, facts, as) : othersFacts(run, host, facts),
      ),
    )
    scope.refresh()
  }
  throw new Error(`Facts were still missing after ${mostRounds} rounds.`)
}

/** That another host cannot be asked is a failure of the task here, not of the road to this host. */
async function othersFacts(run: RunState, host: string, facts: Iterable<string>): Promise<void> {
  try {
    await fetchFacts(run, host, facts)
  } catch (cause) {
    if (!(cause instanceof HostError)) throw cause
    throw new EvaluationError(`The facts of ${host} cannot be read: ${cause.message}`, undefined, { cause })
  }
}

type Attempt<T> = { readonly value: T } | { readonly error: unknown }

/** At once when the work is: most evaluations wait for nothing, and there are several for each task on each host. */
function attempted<T>(work: () => T | Promise<T>): Attempt<T> | Promise<Attempt<T>> {
  try {
    const made = work()
    return made instanceof Promise ? settled(made) : { value: made }
  } catch (error) {
    return { error }
  }
}

async function settled<T>(made: Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await made }
  } catch (error) {
    return { error }
  }
}

/** Asks a host for facts by their first-level names; unknown names are left to the evaluation to report. */
export async function fetchFacts(
  run: RunState,
  host: string,
  names: Iterable<string>,
  as?: Become,
): Promise<void> {
  const state = run.host(host)
  const table = run.dependencies.hostFacts.facts
  const session = state.sessions.of(state.wishes)
  await session.asActor((actor) => {
    const reader = session.reader(actor, { as })
    return Promise.all(
      [...names].map(async (name) => {
        const fact = table.get(name)
        if (fact && !state.facts.has(name)) state.facts.set(name, await reader.fact(fact))
      }),
    )
  })
}
