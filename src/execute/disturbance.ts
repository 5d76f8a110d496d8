import type { Resource } from '#model/change.ts'
import type { Place, PlayState } from './play-state.ts'
import { shrinkReadahead } from './readahead.ts'
import { everything, mayTouchAll } from './resources.ts'
import { machineOf } from './same-machine.ts'

/**
 * Hosts act on each other: a command on one may write to another's disk or restart its service. A change that may
 * touch everything is therefore taken to touch the other hosts of its batch as well; any change, those that are the
 * same machine.
 */
export function noteDisturbance({ state }: Place, host: string, touched: readonly Resource[]): void {
  if (!mayTouchAll(touched) && machineOf(host, state) === undefined) return
  state.disturbing.set(host, [...(state.disturbing.get(host) ?? []), ...touched])
}

/** Makes every host that another one may have touched forget what may have changed. */
export function settleDisturbances({ state }: Place): void {
  const { disturbing, run, batch } = state
  if (disturbing.size === 0) return
  for (const host of new Set([...batch, ...disturbing.keys()])) {
    const touched = [...disturbing].flatMap(([by, resources]) => reaching({ by, host, state }, resources))
    if (touched.length === 0) continue
    run.host(host).sessions.doubt(touched)
    shrinkReadahead(run.host(host))
  }
  disturbing.clear()
}

/** What of one host's changes another one feels. */
function reaching(
  { by, host, state }: { by: string; host: string; state: PlayState },
  touched: readonly Resource[],
): readonly Resource[] {
  if (by === host) return []
  if (mayTouchAll(touched)) return everything
  const machine = machineOf(host, state)
  return machine !== undefined && machine === machineOf(by, state) ? touched : []
}
