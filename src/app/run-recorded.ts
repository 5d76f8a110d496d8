import { Redactor } from '#base/redactor.ts'
import type { Terminal } from '#base/terminal.ts'
import { execute } from '#execute/execute.ts'
import type { RunEvent } from '#model/event.ts'
import { type ExitReason, exitCode } from '#model/exit-code.ts'
import { fanOut } from '#report/fan-out.ts'
import { createEngine } from './engine.ts'
import { type OpenRequest, openProject } from './open-project.ts'
import { reasonOf } from './reason-of.ts'
import { runSettings } from './run-settings.ts'

/** A run that was listened to instead of shown. Secrets are masked in its events. */
export interface RecordedRun {
  readonly events: readonly RunEvent[]
  readonly reason: ExitReason
}

export interface RecordedRequest {
  readonly open: OpenRequest
  readonly mode: 'apply' | 'check'
  readonly forks: number
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

/** Runs playbooks and keeps all that happens. A project with errors ends without touching a host. */
export async function runRecorded(request: RecordedRequest): Promise<RecordedRun> {
  const { open, mode, terminal, signal, forks } = request
  const project = await openProject(open)
  const redactor = new Redactor()
  for (const secret of project.secrets) redactor.add(secret.reveal())
  const events: RunEvent[] = []
  const collector = { on: (event: RunEvent) => void events.push(event), close: async () => undefined }
  const listener = fanOut([collector], redactor, (message) => terminal.notice(message))
  const report = {
    emit: (event: RunEvent) => listener.on(event),
    onSecret: (text: string) => redactor.add(text),
  }
  if (!project.program) {
    for (const diagnostic of project.diagnostics) report.emit({ type: 'diagnostic', diagnostic })
    return { events, reason: 'project' }
  }
  const engine = createEngine({ terminal, signal, report, project, mode, step: false })
  try {
    const recap = await execute(
      project.program,
      engine.dependencies,
      runSettings({
        hosts: open.hosts,
        connection: { become: false, forks },
        output: { format: 'text', junitFiles: [], quiet: true, verbosity: 0, diff: true },
        mode,
        answers: new Map(),
        pendingHandlers: {},
      }),
    )
    return { events, reason: signal.aborted ? 'interrupted' : reasonOf(recap.exitCode) }
  } finally {
    await engine.close()
  }
}

/** Whether a run came to its end on every host it had. */
export const isDone = ({ reason }: RecordedRun): boolean => exitCode(reason) === 0
