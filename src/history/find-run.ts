import { nearest } from '#base/did-you-mean.ts'
import type { RunSummary } from '#model/run-record.ts'
import { UsageError } from '#model/usage-error.ts'

/**
 * The run that a person means: `latest`, `latest~2` for the second before it, an id, or the part of one that only
 * one run has. `runs` is ordered newest first. Throws UsageError when there is no such run, or several.
 */
export function findRun(runs: readonly RunSummary[], wanted: string): RunSummary {
  if (runs.length === 0) throw new UsageError('No run is recorded here.')
  const back = /^latest(?:~(\d{1,6}))?$/.exec(wanted)
  if (back) {
    const run = runs[Number(back[1] ?? 0)]
    if (run) return run
    throw new UsageError(`Only ${runs.length} runs are recorded.`)
  }
  const exact = runs.find(({ id }) => id === wanted)
  const found = exact ? [exact] : runs.filter(({ id }) => id.includes(wanted))
  const [run, another] = found
  if (run && !another) return run
  if (run) {
    throw new UsageError(`"${wanted}" is part of ${found.length} runs.`, {
      remedy: `Say more of it: ${found
        .slice(0, 5)
        .map(({ id }) => id)
        .join(', ')}.`,
    })
  }
  const near = nearest(
    wanted,
    runs.map(({ id }) => id),
  )
  throw new UsageError(`There is no run "${wanted}".`, {
    remedy: near === undefined ? 'Run `tsplay history list` to see all.' : `Did you mean "${near}"?`,
  })
}
