import type { Terminal } from '#base/terminal.ts'
import { execute } from '#execute/execute.ts'
import { parsePattern, selectHosts } from '#lang/host-pattern.ts'
import type { RunOrigin } from '#model/run-record.ts'
import { adHocPlaybook } from './ad-hoc-playbook.ts'
import { createEngine } from './engine.ts'
import { finishEarly } from './finish-early.ts'
import { guarded } from './guarded.ts'
import { checkLimit, checkNames, limitedHosts, limitText } from './limited-hosts.ts'
import { type OpenProject, openProject } from './open-project.ts'
import { openReport } from './open-report.ts'
import { reasonOf } from './reason-of.ts'
import { record } from './record.ts'
import { refuse } from './refuse.ts'
import type { AdHocRequest, Outcome } from './requests.ts'
import { runSettings } from './run-settings.ts'
import { unreadableKeys } from './unreadable-keys.ts'

/** `tsplay exec`: one module call on the hosts of a pattern, without a playbook. */
export async function runAdHoc(
  request: AdHocRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  const report = await openReport('ad-hoc', request.output, terminal)
  return guarded(report, terminal, async () => {
    const project = await openProject({
      ...request,
      playbooks: [],
      amend: (loaded) => ({ ...loaded, playbooks: [adHocPlaybook(request)] }),
    })
    const warning = checkNames(request.pattern, project.inventory, request.hosts.unknownHosts)
    if (warning) report.emit({ type: 'warning', message: warning })
    checkLimit(request.hosts, project.inventory, report)
    report.showProject(project)
    if (!project.program) return finishEarly(report, 'project')
    const keys = unreadableKeys(project.program, request.hosts, request.connection)
    if (keys.length > 0) return refuse(report, keys)
    if (request.listHosts) return listHosts(request, project, terminal)
    record(report, terminal, originOf(request))
    const engine = createEngine({ terminal, signal, report, project, mode: request.mode, step: false })
    try {
      const settings = runSettings({ ...request, answers: new Map(), pendingHandlers: {} })
      const recap = await execute(project.program, engine.dependencies, settings)
      return { exitReason: reasonOf(recap.exitCode) }
    } finally {
      await engine.close()
    }
  })
}

function listHosts(request: AdHocRequest, { inventory }: OpenProject, terminal: Terminal): Outcome {
  const pattern = parsePattern(request.pattern)
  const chosen = pattern.kind === 'error' ? [] : selectHosts(pattern, inventory)
  const hosts = limitedHosts(inventory, chosen, limitText(request.hosts.limit))
  terminal.stdout.write(hosts.map((host) => `${host}\n`).join(''))
  return { exitReason: hosts.length > 0 ? 'done' : 'noHosts' }
}

function originOf({ mode, pattern, hosts: { limit } }: AdHocRequest): RunOrigin {
  return { command: 'exec', mode, playbooks: [], pattern, ...(limit !== undefined && { limit }) }
}
