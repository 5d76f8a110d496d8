import { rm } from 'node:fs/promises'
import { counted } from '#base/counted.ts'
import type { Terminal } from '#base/terminal.ts'
import { compareRuns } from '#history/compare-runs.ts'
import { findRun } from '#history/find-run.ts'
import { HistoryIndex } from '#history/history-index.ts'
import { recordedEvents } from '#history/record-reader.ts'
import { isSameKind } from '#history/run-kind.ts'
import { runsToPrune } from '#history/runs-to-prune.ts'
import { type RunSummary, whatRan } from '#model/run-record.ts'
import { UsageError } from '#model/usage-error.ts'
import { runDifferencesText } from '#report/run-differences.ts'
import { runTable } from '#report/run-table.ts'
import { createStyle } from '#report/style.ts'
import { jsonText } from '#report/value-text.ts'
import { explainedUsage } from './explained-usage.ts'
import type { HistoryRequest } from './history-request.ts'
import { openReport } from './open-report.ts'
import type { Outcome } from './requests.ts'
import { stateFolder } from './state-folder.ts'

type Wish<Action> = Extract<HistoryRequest, { action: Action }>

/** `tsplay history`: what was run here, from the records in the state folder. */
export async function showHistory(
  request: HistoryRequest,
  terminal: Terminal,
  _signal: AbortSignal,
): Promise<Outcome> {
  return explainedUsage(terminal, async () => {
    const index = await HistoryIndex.open(stateFolder())
    try {
      await act(request, index, terminal)
      return { exitReason: 'done' }
    } finally {
      index.close()
    }
  })
}

async function act(request: HistoryRequest, index: HistoryIndex, terminal: Terminal): Promise<void> {
  switch (request.action) {
    case 'list':
      return list(request, index, terminal)
    case 'show':
      return await show(request, index, terminal)
    case 'diff':
      return await diff(request, index, terminal)
    case 'prune':
      return await prune(request, index, terminal)
  }
}

function list({ filter, format }: Wish<'list'>, index: HistoryIndex, terminal: Terminal): void {
  const runs = index.runs(filter)
  if (format === 'json') terminal.stdout.write(runs.map((run) => `${jsonText(run)}\n`).join(''))
  else if (runs.length === 0) terminal.notice('No run is recorded here that matches.')
  else terminal.stdout.write(runTable(runs, createStyle(terminal.color)))
}

async function show(request: Wish<'show'>, index: HistoryIndex, terminal: Terminal): Promise<void> {
  const { host, output } = request
  const run = findRun(index.runs(), request.run)
  if (host !== undefined && run.state === 'ended' && !Object.hasOwn(run.hosts, host)) {
    throw new UsageError(`The host "${host}" had no part in ${run.id}.`)
  }
  // What is over needs no live display.
  const report = await openReport(run.command === 'exec' ? 'ad-hoc' : 'playbook', output, {
    ...terminal,
    isTty: false,
  })
  if (output.format === 'text' && !output.quiet) {
    terminal.stdout.write(runTable([run], createStyle(terminal.color)))
  }
  for await (const event of recordedEvents(index.path(run.id))) {
    if (host === undefined || !('host' in event) || event.host === host) report.emit(event)
  }
  await report.close()
  if (run.state === 'running') terminal.notice('It is still running.')
  if (run.state === 'lost') terminal.notice('It was killed before its end; this is all it did.')
}

async function diff(request: Wish<'diff'>, index: HistoryIndex, terminal: Terminal): Promise<void> {
  const runs = index.runs()
  const second = findRun(runs, request.second)
  const first = request.first === undefined ? runBefore(runs, second) : findRun(runs, request.first)
  const differences = await compareRuns(
    recordedEvents(index.path(first.id)),
    recordedEvents(index.path(second.id)),
  )
  if (request.format === 'json') {
    return terminal.stdout.write(`${jsonText({ first: first.id, second: second.id, differences })}\n`)
  }
  const style = createStyle(terminal.color)
  terminal.stdout.write(runDifferencesText({ first: first.id, second: second.id, differences }, style))
}

function runBefore(runs: readonly RunSummary[], run: RunSummary): RunSummary {
  const found = runs.slice(runs.indexOf(run) + 1).find((earlier) => isSameKind(earlier, run))
  if (found) return found
  throw new UsageError(`There is no run of "${whatRan(run)}" before ${run.id}.`, {
    remedy: 'Name two runs: `tsplay history diff <run> <run>`.',
  })
}

async function prune(
  { rule, dryRun }: Wish<'prune'>,
  index: HistoryIndex,
  terminal: Terminal,
): Promise<void> {
  const runs = index.runs()
  const gone = runsToPrune(runs, rule, Date.now())
  if (!dryRun) await Promise.all(gone.map(({ id }) => rm(index.path(id), { force: true })))
  const style = createStyle(terminal.color)
  if (gone.length > 0) terminal.stdout.write(runTable(gone, style))
  const verb = dryRun ? 'would be removed' : 'removed'
  terminal.stdout.write(`${counted(gone.length, 'record')} ${verb}, ${runs.length - gone.length} kept.\n`)
}
