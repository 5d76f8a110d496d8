import type { Resource } from '#model/change.ts'
import type { Place } from './play-state.ts'
import { shrinkReadahead } from './readahead.ts'

/**
 * Hosts act on each other: a command on one may write to another's disk or restart its service. A change that may
 * touch everything is therefore taken to touch the other hosts of its batch as well.
 */
export function noteDisturbance({ state }: Place, host: string, touched: readonly Resource[]): void {
  if (touched.some(({ kind }) => kind === 'everything')) state.disturbing.add(host)
}

/** Makes every host that another one may have touched forget what it knows. */
export function settleDisturbances({ state }: Place): void {
  const { disturbing, run, batch } = state
  if (disturbing.size === 0) return
  for (const host of new Set([...batch, ...disturbing])) {
    const isAlone = disturbing.size === 1 && disturbing.has(host)
    if (isAlone) continue
    run.host(host).session.store.forget([{ kind: 'everything' }])
    shrinkReadahead(run.host(host))
  }
  disturbing.clear()
}
