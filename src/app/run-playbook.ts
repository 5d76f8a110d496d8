import { resolve } from 'node:path'
import type { Terminal } from '#base/terminal.ts'
import type { Dependencies } from '#execute/dependencies.ts'
import { execute } from '#execute/execute.ts'
import type { Program } from '#model/program.ts'
import type { RunOrigin } from '#model/run-record.ts'
import { Timeline } from '#report/timeline.ts'
import { createEngine } from './engine.ts'
import { estimateRun } from './estimate-run.ts'
import { finishEarly } from './finish-early.ts'
import { guarded } from './guarded.ts'
import { checkLimit } from './limited-hosts.ts'
import { listInstead } from './list-instead.ts'
import { type OpenProject, openProject } from './open-project.ts'
import { type OpenReport, openReport } from './open-report.ts'
import { pendingFor, rememberPending } from './pending.ts'
import { PendingWatch } from './pending-watch.ts'
import { reasonOf } from './reason-of.ts'
import { record } from './record.ts'
import { refuse } from './refuse.ts'
import type { Outcome, RunRequest } from './requests.ts'
import { runSettings } from './run-settings.ts'
import { unreadableKeys } from './unreadable-keys.ts'
import { answerPrompts } from './vars-prompt.ts'
import { watchFlights } from './watch-flights.ts'

/** `tsplay run` and `tsplay plan`: everything is checked first, then the program runs. */
export async function runPlaybook(
  request: RunRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  const report = await openReport('playbook', request.output, terminal)
  return guarded(report, terminal, async () => {
    const project = await openProject(request)
    report.showProject(project)
    if (!project.program) return finishEarly(report, 'project')
    checkLimit(request.hosts, project.inventory, report)
    const keys = unreadableKeys(project.program, request.hosts, request.connection)
    if (keys.length > 0) return refuse(report, keys)
    if (request.instead) return listInstead(request, project.program, terminal)
    if (request.explainsCost)
      return estimateRun({ request, terminal, signal, project, program: project.program })
    return runProgram({ request, terminal, signal, report, project, program: project.program })
  })
}

interface Running {
  readonly request: RunRequest
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly report: OpenReport
  readonly project: OpenProject
  readonly program: Program
}

async function runProgram({
  request,
  terminal,
  signal,
  report,
  project,
  program,
}: Running): Promise<Outcome> {
  const playbooks = request.playbooks.map((path) => resolve(path))
  const answers = await answerPrompts(program, terminal)
  const pending = await pendingFor(request, playbooks, terminal)
  const watch = new PendingWatch()
  report.listen(watch)
  record(report, terminal, originOf(request), request.recorded?.id)
  const engine = createEngine({
    terminal,
    signal,
    report,
    project,
    mode: request.mode,
    step: request.step,
  })
  const pendingHandlers = pending.run ? pending.known : {}
  try {
    const settings = runSettings({ ...request, answers, pendingHandlers })
    const recap = await execute(program, profiled(engine.dependencies, request, report), settings)
    if (request.mode === 'apply') await rememberPending(playbooks, pending, recap)
    const reason = reasonOf(recap.exitCode)
    return {
      exitReason: reason === 'done' && request.pendingExitCode && watch.isPending ? 'pending' : reason,
    }
  } finally {
    await engine.close()
  }
}

function profiled(dependencies: Dependencies, { profileFile }: RunRequest, report: OpenReport): Dependencies {
  if (profileFile === undefined) return dependencies
  const timeline = new Timeline(profileFile)
  report.listen(timeline)
  return { ...dependencies, connect: watchFlights(dependencies.connect, (flight) => timeline.flight(flight)) }
}

function originOf({ command, mode, playbooks, hosts: { limit }, recorded }: RunRequest): RunOrigin {
  const due = recorded && { due: recorded.due }
  return { command, mode, playbooks, ...(limit !== undefined && { limit }), ...due }
}
