import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createEngine } from '#app/engine.ts'
import { type OpenProject, openProject } from '#app/open-project.ts'
import type { OpenReport } from '#app/open-report.ts'
import type { ConnectionOptions, VaultId } from '#app/requests.ts'
import { runSettings } from '#app/run-settings.ts'
import { answerPrompts } from '#app/vars-prompt.ts'
import { Redactor } from '#base/redactor.ts'
import { execute } from '#execute/execute.ts'
import type { ItemEnd, Recap, RunEvent, TaskEnd, TaskStart } from '#model/event.ts'
import { HostError } from '#model/host-error.ts'
import type { Connect } from '#model/transport.ts'
import { type MemoryTerminal, memoryTerminal } from './memory-terminal.ts'
import { writeFiles } from './write-files.ts'

/** Files by path; a single text is `site.yml`, the playbook. */
export type ProjectText = string | Readonly<Record<string, string>>

export interface PlayOptions {
  /** `-e`. */
  readonly extraVars?: readonly string[]
  readonly vaultIds?: readonly VaultId[]
  readonly check?: boolean
  readonly diff?: boolean
  readonly limit?: string
  /** Below the project. Default: `inventory.yml`. */
  readonly inventory?: string
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  readonly startAtTask?: string
  readonly forceHandlers?: boolean
  readonly forks?: number
  readonly readahead?: number
  readonly verbosity?: number
  readonly connection?: Partial<ConnectionOptions>
  readonly pendingHandlers?: Readonly<Record<string, readonly string[]>>
  /** What a person answers, in order; `step` asks before each task. */
  readonly answers?: readonly string[]
  readonly step?: boolean
  readonly signal?: AbortSignal
  /** Makes other connections of those that there would be. */
  readonly connect?: (connect: Connect) => Connect
  /** Hosts that no connection leads to; may change while the run goes on. */
  readonly unreachable?: readonly string[]
  onEvent?(event: RunEvent): void
}

/** What one run of a small project did. */
export interface Played {
  /** The project's folder. */
  readonly folder: string
  readonly events: readonly RunEvent[]
  readonly recap: Recap
  readonly warnings: readonly string[]
  /** Texts that output must hide. */
  readonly secrets: ReadonlySet<string>
  readonly questions: readonly string[]
  /** `host task status`, in the order of the events: `a Restart changed`. */
  readonly log: readonly string[]
  /** Names of the tasks that were begun, in order. */
  readonly begun: readonly string[]
  /** How a task ended, by host. Throws when it did not on one of the given hosts. */
  ended(task: string, host?: string): TaskEnd
  items(task: string, host?: string): readonly ItemEnd[]
  /** What a task said: its `msg`. */
  said(task: string, host?: string): string | undefined
}

/** Three hosts on this machine; `a` and `b` are in the group `web`. */
export const threeHosts = `
all:
  vars: { connection: local }
  hosts: { a: {}, b: {}, c: {} }
  children:
    web: { hosts: { a: {}, b: {} } }
`

/** One host on this machine: `a`. */
export const oneHost = `
all:
  hosts: { a: { connection: local } }
`

/**
 * Writes a project into a folder of its own, opens it as the command line would, and runs it in this process.
 * `inventory.yml` is one local host unless the files say otherwise. Throws what is wrong with the project.
 */
export async function play(files: ProjectText, options: PlayOptions = {}): Promise<Played> {
  const folder = await writeFiles(withInventory(files))
  return playIn(folder, options)
}

/** Runs a project that has been written already, for a second run. */
export async function playIn(folder: string, options: PlayOptions = {}): Promise<Played> {
  const project = await open(folder, options)
  const { program } = project
  if (!program) throw new Error(complaints(project).join('\n'))
  const events: RunEvent[] = []
  const redactor = new Redactor()
  const secrets = new Set<string>()
  const terminal = memoryTerminal(options.answers ? { answers: options.answers } : {})
  const report: OpenReport = {
    emit: (event) => {
      events.push(event)
      options.onEvent?.(event)
    },
    onSecret: (text) => {
      redactor.add(text)
      secrets.add(text)
    },
    showProject: () => undefined,
    listen: () => undefined,
    close: async () => undefined,
  }
  const mode = options.check ? 'check' : 'apply'
  const signal = options.signal ?? new AbortController().signal
  const engine = createEngine({ terminal, signal, report, project, mode, step: options.step ?? false })
  const answers = await answerPrompts(program, terminal)
  const { connect: other = (same) => same } = options
  const connect = withoutRoad(other(engine.dependencies.connect), options.unreachable ?? [])
  const dependencies = { ...engine.dependencies, connect }
  const settings = runSettings({
    ...settingsParts(options),
    mode,
    answers,
    playbooks: [join(folder, 'site.yml')],
  })
  try {
    const recap = await execute(program, dependencies, settings)
    return played({ folder, events, recap, secrets, terminal })
  } finally {
    await engine.close()
  }
}

function withoutRoad(connect: Connect, hosts: readonly string[]): Connect {
  return async (address, signal) => {
    if (hosts.includes(address.host)) throw new HostError('unreachable', `No road leads to ${address.host}.`)
    return connect(address, signal)
  }
}

/** What is wrong with a project, as `file:line code message`; paths are those inside it. */
export async function wrongWith(files: ProjectText, options: PlayOptions = {}): Promise<readonly string[]> {
  const folder = await writeFiles(withInventory(files))
  const project = await open(folder, options)
  return complaints(project).map((text) => text.replaceAll(`${folder}/`, ''))
}

const withInventory = (files: ProjectText): Readonly<Record<string, string>> => ({
  'inventory.yml': oneHost,
  ...(typeof files === 'string' ? { 'site.yml': files } : files),
})

function open(folder: string, options: PlayOptions): Promise<OpenProject> {
  return openProject({
    playbooks: [join(folder, 'site.yml')],
    hosts: { inventories: [join(folder, options.inventory ?? 'inventory.yml')], unknownHosts: 'error' },
    variables: { extraVars: options.extraVars ?? [], vaultIds: options.vaultIds ?? [] },
    tags: options.tags ?? [],
    skipTags: options.skipTags ?? [],
    ...(options.startAtTask === undefined ? {} : { startAtTask: options.startAtTask }),
  })
}

const complaints = ({ diagnostics }: OpenProject): readonly string[] =>
  diagnostics.map(({ range, code, message }) =>
    [range ? `${range.file}:${range.start.line}` : '-', code, message].join(' '),
  )

function settingsParts(options: PlayOptions) {
  const { limit, readahead } = options
  return {
    hosts: { inventories: [], unknownHosts: 'error' as const, ...(limit === undefined ? {} : { limit }) },
    connection: {
      become: false,
      forks: options.forks ?? 50,
      ...(readahead === undefined ? {} : { readahead }),
      ...options.connection,
    },
    output: {
      format: 'text' as const,
      junitFiles: [],
      quiet: false,
      verbosity: options.verbosity ?? 0,
      diff: options.diff ?? false,
    },
    tags: options.tags ?? [],
    skipTags: options.skipTags ?? [],
    forceHandlers: options.forceHandlers ?? false,
    pendingHandlers: options.pendingHandlers ?? {},
  }
}

interface Heard {
  readonly folder: string
  readonly events: readonly RunEvent[]
  readonly recap: Recap
  readonly secrets: ReadonlySet<string>
  readonly terminal: MemoryTerminal
}

function played({ folder, events, recap, secrets, terminal }: Heard): Played {
  const tasks = events.filter((event): event is TaskEnd => event.type === 'task')
  const starts = events.filter((event): event is TaskStart => event.type === 'task_start')
  const ended = (task: string, host = 'a'): TaskEnd => {
    const found = tasks.findLast((one) => one.task === task && one.host === host)
    if (!found) throw new Error(`"${task}" did not end on ${host}.`)
    return found
  }
  return {
    folder,
    events,
    recap,
    secrets,
    questions: terminal.questions,
    warnings: events.flatMap((event) => (event.type === 'warning' ? [event.message] : [])),
    log: tasks.map(({ host, task, status }) => `${host} ${task} ${status}`),
    begun: starts.map(({ task }) => task),
    ended,
    items: (task, host = 'a') =>
      events.filter(
        (event): event is ItemEnd => event.type === 'item' && event.task === task && event.host === host,
      ),
    said: (task, host) => ended(task, host).msg,
  }
}

/** Ends a run when a test says so. */
export function abortable(): AbortController {
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  return controller
}
