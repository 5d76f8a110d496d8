import { padEnd, padStart, printable } from '#base/display-width.ts'
import type { HostRecap } from '#model/event.ts'
import { exitCodes } from '#model/exit-code.ts'
import { type RunSummary, whatRan } from '#model/run-record.ts'
import { durationText } from './duration-text.ts'
import { foldHosts } from './fold-hosts.ts'
import type { Style } from './style.ts'

interface Row {
  readonly id: string
  readonly what: string
  readonly hosts: string
  readonly changed: string
  readonly took: string
  readonly result: string
}

/** Recorded runs, one a line, with a heading. */
export function runTable(runs: readonly RunSummary[], style: Style): string {
  const heading: Row = {
    id: 'RUN',
    what: 'WHAT',
    hosts: 'HOSTS',
    changed: 'CHANGED',
    took: 'TOOK',
    result: 'RESULT',
  }
  const rows = [heading, ...runs.map((run) => rowOf(run, style))]
  const width = (column: keyof Row): number => Math.max(...rows.map((row) => row[column].length))
  const [id, what, took] = [width('id'), width('what'), width('took')]
  return rows
    .map((row, i) => {
      const numbers = [padStart(row.hosts, 5), padStart(row.changed, 7), padStart(row.took, took)]
      const line = [padEnd(row.id, id), padEnd(row.what, what), ...numbers, row.result].join('  ')
      return `${i === 0 ? style.bold(line) : line}\n`
    })
    .join('')
}

function rowOf(run: RunSummary, style: Style): Row {
  const hosts = Object.values(run.hosts)
  const changed = hosts.reduce((sum, host) => sum + host.changed, 0)
  return {
    id: run.id,
    what: `${printable(whatRan(run))}${run.due ? ` (${run.due.schedule})` : ''}`,
    hosts: run.state === 'ended' ? String(hosts.length) : '',
    changed: run.state === 'ended' ? String(changed) : '',
    took: run.endedAt === undefined ? '' : durationText(Math.max(0, run.endedAt - run.startedAt)),
    result: resultOf(run, style),
  }
}

function resultOf(run: RunSummary, style: Style): string {
  if (run.state === 'running') return style.cyan('running')
  if (run.state === 'lost') return style.red('killed')
  if (run.exitCode === 0) return style.green('done')
  const bad = Object.entries(run.hosts).filter(([, host]) => isBad(host))
  const names = bad.length === 0 ? '' : `: ${foldHosts(bad.map(([name]) => name))}`
  return style.red(`${reasonWord(run)}${names}`)
}

const isBad = ({ failed, unreachable }: HostRecap): boolean => failed + unreachable > 0

const reasonWord = ({ exitCode }: RunSummary): string =>
  Object.entries(exitCodes).find(([, [code]]) => code === exitCode)?.[0] ?? `exit code ${exitCode}`
