import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Terminal } from '#base/terminal.ts'
import type { Dependencies } from '#execute/dependencies.ts'
import { hostFacts } from '#facts/host-facts.ts'
import { mapValue } from '#lang/collection-values.ts'
import { literalValue } from '#lang/compile-value.ts'
import type { Value } from '#model/value.ts'
import { createConnector } from '#transport/connect.ts'
import { controllerReads } from './controller-reads.ts'
import { keepHeapClose } from './keep-heap-close.ts'
import type { OpenProject } from './open-project.ts'
import type { OpenReport } from './open-report.ts'
import { compiledVars, taskControllers } from './task-controller.ts'

export interface EngineParts {
  readonly terminal: Pick<Terminal, 'ask'>
  readonly signal: AbortSignal
  readonly report: Pick<OpenReport, 'emit' | 'onSecret'>
  readonly project: OpenProject
  readonly mode: 'apply' | 'check'
  /** `--step`. */
  readonly step: boolean
}

/** What `execute` depends on, and what must be closed after it. */
export interface Engine {
  readonly dependencies: Dependencies
  close(): Promise<void>
}

/** Puts together what one run works with. */
export function createEngine({ terminal, signal, report, project, mode, step }: EngineParts): Engine {
  keepHeapClose(project.inventory.hosts.size)
  const connector = createConnector({
    env: process.env,
    homeDirectory: homedir(),
    onWarning: (message) => report.emit({ type: 'warning', message }),
  })
  const { loaded, catalogue } = project
  const dependencies: Dependencies = {
    connect: connector.connect,
    emit: report.emit,
    signal,
    module: (name) => catalogue.module(name),
    hostFacts,
    controllerFor: taskControllers({
      loaded,
      signal,
      prompt: (question, options) => terminal.ask(question, options),
      onSecret: report.onSecret,
    }),
    controllerReads: controllerReads(process.cwd(), process.env, mode),
    onSecret: report.onSecret,
    literal: (plain) => literalValue(plain, nowhere),
    mapping: (vars) =>
      mapValue(
        [...vars].map(([key, value]) => ({ key, value })),
        nowhere,
      ),
    varsFile: (candidates, playbook) => firstVarsFile(project, candidates, dirname(playbook)),
    reloadInventory: async () => (await loaded.refreshInventory()).inventory,
    ...(step ? { confirmTask: confirmation(terminal) } : {}),
  }
  return { dependencies, close: () => connector.close() }
}

/** Values that no file holds: facts, registered results, answers. */
const start = { line: 1, column: 1, offset: 0 }
const nowhere = { file: '', start, end: start }

async function firstVarsFile(
  { loaded }: OpenProject,
  candidates: readonly string[],
  folder: string,
): Promise<ReadonlyMap<string, Value> | undefined> {
  const found = candidates.map((name) => resolve(folder, name)).find((path) => existsSync(path))
  return found === undefined ? undefined : compiledVars(await loaded.varsFile(found))
}

/** After "continue" nobody is asked again. */
function confirmation(terminal: Pick<Terminal, 'ask'>): NonNullable<Dependencies['confirmTask']> {
  let ask = true
  return async (task) => {
    if (!ask) return 'continue'
    const answer = (await terminal.ask(`Run the task "${task}"? [n]o/[y]es/[c]ontinue: `))
      ?.trim()
      .toLowerCase()
    if (answer === 'c' || answer === 'continue') ask = false
    return answer === 'y' || answer === 'yes' ? 'yes' : ask ? 'no' : 'continue'
  }
}
