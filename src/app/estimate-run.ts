import type { Terminal } from '#base/terminal.ts'
import { execute } from '#execute/execute.ts'
import type { TaskCost } from '#model/cost.ts'
import type { RunEvent } from '#model/event.ts'
import type { Program } from '#model/program.ts'
import { costOf, costTable } from '#report/cost-table.ts'
import { createStyle } from '#report/style.ts'
import { CostMeter } from './cost-meter.ts'
import { createEngine } from './engine.ts'
import type { OpenProject } from './open-project.ts'
import { reasonOf } from './reason-of.ts'
import type { Outcome, RunRequest } from './requests.ts'
import { runSettings } from './run-settings.ts'
import { answerPrompts } from './vars-prompt.ts'

interface Estimating {
  readonly request: RunRequest
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly project: OpenProject
  readonly program: Program
}

/** `--explain-cost`: asks the hosts as check mode does, changes nothing, and says what a run would cost. */
export async function estimateRun(parts: Estimating): Promise<Outcome> {
  const { request, terminal, signal, project, program } = parts
  const costs: TaskCost[] = []
  const meter = new CostMeter()
  const answers = await answerPrompts(program, terminal)
  const report = { emit: (event: RunEvent) => showTrouble(event, terminal), onSecret: () => undefined }
  const engine = createEngine({ terminal, signal, report, project, mode: 'check', step: false })
  try {
    const settings = runSettings({ ...request, mode: 'check', answers, pendingHandlers: {} })
    const recap = await execute(
      program,
      {
        ...engine.dependencies,
        connect: meter.counting(engine.dependencies.connect),
        costs: { spent: (host) => meter.spent(host), tell: (cost) => costs.push(cost) },
      },
      // Texts are read for differences only, which nobody is shown here.
      { ...settings, diff: false },
    )
    terminal.stdout.write(
      request.output.format === 'json' ? jsonText(costs) : costTable(costs, createStyle(terminal.color)),
    )
    return { exitReason: reasonOf(recap.exitCode) }
  } finally {
    await engine.close()
  }
}

function showTrouble(event: RunEvent, terminal: Terminal): void {
  if (event.type === 'warning') terminal.notice(event.message)
  if (event.type !== 'recap') return
  for (const { host, task, reason } of event.failures) terminal.notice(`${host}: ${task}: ${reason}`)
}

/** `{ tasks: […], hosts: { web1: { flights, bytes, processes } } }` */
function jsonText(costs: readonly TaskCost[]): string {
  const hosts = Map.groupBy(costs, ({ host }) => host)
  const totals = Object.fromEntries([...hosts].map(([host, some]) => [host, costOf(some)]))
  return `${JSON.stringify({ tasks: costs, hosts: totals })}\n`
}
