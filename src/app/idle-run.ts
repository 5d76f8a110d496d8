import type { Terminal } from '#base/terminal.ts'
import { RunState } from '#execute/run-state.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import type { Program } from '#model/program.ts'
import { createEngine } from './engine.ts'
import type { OpenProject } from './open-project.ts'
import { runSettings } from './run-settings.ts'

export interface IdleRunParts {
  readonly project: OpenProject
  readonly program: Program
  readonly terminal: Pick<Terminal, 'ask'>
  onSecret(text: string): void
}

/**
 * A run that never starts, for those who only want to know what its variables would be: it connects to nobody,
 * runs no command on this machine and makes no file.
 */
export function idleRun({ project, program, terminal, onSecret }: IdleRunParts): RunState {
  const { signal } = new AbortController()
  const report = { emit: () => undefined, onSecret }
  const { dependencies } = createEngine({ terminal, signal, report, project, mode: 'check', step: false })
  const settings = runSettings({
    hosts: { inventories: [], unknownHosts: 'error' },
    connection: { become: false, forks: 1 },
    output: { format: 'text', junitFiles: [], quiet: true, verbosity: 0, diff: false },
    mode: 'check',
    answers: new Map(),
    pendingHandlers: {},
  })
  const controllerReads = { ...dependencies.controllerReads, pipe: refuse }
  return new RunState(program, { ...dependencies, controllerReads }, settings, refuse)
}

function refuse(): never {
  throw new EvaluationError('No command is run only to show variables.')
}
