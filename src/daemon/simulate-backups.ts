import { explainedUsage } from '#app/explained-usage.ts'
import type { Outcome } from '#app/requests.ts'
import { usualRails } from '#backups/backups-to-prune.ts'
import { parseKeepRule } from '#backups/keep-rule.ts'
import { type Simulated, simulateRetention } from '#backups/simulate-retention.ts'
import { nearest } from '#base/did-you-mean.ts'
import type { Terminal } from '#base/terminal.ts'
import { isZone } from '#base/zoned-time.ts'
import { UsageError } from '#model/usage-error.ts'
import { parseCron } from './cron-expression.ts'
import { occurrences } from './occurrences.ts'
import { table, zonedText } from './schedule-tables.ts'

/** `tsplay backup simulate`. */
export interface SimulateRequest {
  readonly cron: string
  readonly zone: string
  readonly keep: string
  readonly months: number
  /** Fewer copies than this are never left. */
  readonly minCopies: number
  /** Milliseconds since 1970. */
  readonly from: number
  readonly format: 'text' | 'json'
}

/** Shows what a rule leaves of the backups that a schedule makes, before the first of them is made. */
export async function simulateBackups(
  request: SimulateRequest,
  terminal: Terminal,
  _signal: AbortSignal,
): Promise<Outcome> {
  return explainedUsage(terminal, async () => {
    const { keep, zone, minCopies, format } = request
    const rule = parseKeepRule(keep)
    if ('problem' in rule) throw new UsageError(rule.problem, { remedy: rule.remedy })
    const times = timesOf(request)
    const simulated = simulateRetention(times, rule, { zone, rails: { ...usualRails, minCopies } })
    if (format === 'json') terminal.stdout.write(`${JSON.stringify(dataOf(simulated))}\n`)
    else terminal.stdout.write(textOf(simulated, zone))
    return { exitReason: simulated.refusals.length > 0 ? 'failed' : 'done' }
  })
}

function timesOf({ cron, zone, from, months }: SimulateRequest): readonly number[] {
  const parsed = parseCron(cron)
  if ('problem' in parsed) {
    throw new UsageError(`The cron expression "${cron}" cannot be used. ${parsed.problem}`, {
      remedy: parsed.remedy,
    })
  }
  if (!isZone(zone)) {
    const near = nearest(zone, Intl.supportedValuesOf('timeZone'))
    throw new UsageError(`There is no time zone "${zone}".`, {
      remedy:
        near === undefined
          ? 'Zones are named as in Europe/Berlin; UTC is one too.'
          : `Did you mean "${near}"?`,
    })
  }
  const end = new Date(from)
  end.setUTCMonth(end.getUTCMonth() + months)
  return occurrences({ times: parsed, zone, gap: 'run-after' }, from, end.getTime())
}

const dataOf = ({ kept, refusals, ...counts }: Simulated) => ({
  ...counts,
  kept: kept.map(({ backup, mark }) => ({ at: backup.name, why: mark })),
  refusals: refusals.map(({ at, text }) => ({ at: new Date(at).toISOString(), text })),
})

function textOf({ kept, made, removed, most, refusals }: Simulated, zone: string): string {
  const rows = kept.map(({ backup, mark }) => [
    zonedText(backup.at, zone),
    mark === 'remove' ? 'refused' : mark,
  ])
  const sum = `${made} made, ${removed} removed, ${kept.length} kept; room is needed for ${most}.\n`
  const first = refusals[0]
  const held = first
    ? `Pruning was refused ${refusals.length} times, first at ${zonedText(first.at, zone)}: ${first.text}\n`
    : ''
  return `${table(['KEPT', 'BY'], rows)}${sum}${held}`
}
