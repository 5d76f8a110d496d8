import type { Terminal } from '#base/terminal.ts'
import { finishEarly } from './finish-early.ts'
import { guarded } from './guarded.ts'
import { checkLimit } from './limited-hosts.ts'
import { openProject } from './open-project.ts'
import { openReport } from './open-report.ts'
import type { Outcome, ValidateRequest } from './requests.ts'

/** `tsplay validate`: everything that can be known without a connection. */
export async function validateProject(
  request: ValidateRequest,
  terminal: Terminal,
  _signal: AbortSignal,
): Promise<Outcome> {
  const report = await openReport('playbook', request.output, terminal)
  return guarded(report, terminal, async () => {
    const project = await openProject(request)
    report.showProject(project)
    if (!project.program) return finishEarly(report, 'project')
    checkLimit(request.hosts, project.inventory, report)
    const { plays } = project.program
    if (request.output.format === 'json') return finishEarly(report, 'done')
    if (!request.output.quiet) {
      const hosts = [...project.inventory.hosts.values()].filter(({ groups }) => groups.length > 0).length
      terminal.stdout.write(
        `No errors: ${plays.length} ${plays.length === 1 ? 'play' : 'plays'}, ${hosts} ${hosts === 1 ? 'host' : 'hosts'}.\n`,
      )
    }
    return { exitReason: 'done' }
  })
}
