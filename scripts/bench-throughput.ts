import { emptyFile, median, type Run } from './bench-run.ts'
import { table } from './markdown.ts'

/** What the harness sends for W4. Megabytes of 10^6 bytes. */
const megabytes = (100 << 20) / 1e6

/**
 * Megabytes a second, a row for each delay: 100 MiB by the time that they take beyond a file of no bytes, so that neither
 * starting nor connecting counts. Empty when there is no row.
 */
export function throughputOf(runs: readonly Run[]): string {
  const sent = runs.filter(({ work, rc }) => work === 'W4' && rc === 0)
  const byDelay = Map.groupBy(sent, ({ rtt }) => rtt)
  const rows = [...byDelay].map(([rtt, those]) => rowOf(rtt, those)).filter((row) => row !== undefined)
  return rows.length === 0 ? '' : table(['ms', '`scp`', '**tsplay**', 'tsplay to `scp`'], rows)
}

function rowOf(rtt: number, runs: readonly Run[]): readonly string[] | undefined {
  const [scp, own] = ['raw-script', 'tsplay'].map((peer) => rateOf(runs.filter((run) => run.peer === peer)))
  if (scp === undefined || own === undefined) return undefined
  return [String(rtt), scp.toFixed(0), own.toFixed(0), `${(own / scp).toFixed(1)} ×`]
}

/** Undefined when one of the two was not measured, or the difference says nothing. */
function rateOf(runs: readonly Run[]): number | undefined {
  const ofPhase = (phase: string) => median(runs.filter((run) => run.phase === phase))
  const seconds = ofPhase('cold') - ofPhase(emptyFile)
  return seconds > 0 ? megabytes / seconds : undefined
}
