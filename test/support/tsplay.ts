import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'

/** One line of `--output json`, read back. */
export interface JsonEvent {
  readonly type: string
  readonly [field: string]: unknown
}

export type JsonCounters = Readonly<
  Record<'ok' | 'changed' | 'unreachable' | 'failed' | 'skipped' | 'rescued' | 'ignored', number>
>

export interface JsonRecap extends JsonEvent {
  readonly hosts: Readonly<Record<string, JsonCounters>>
  readonly exit_code: number
  readonly flights: number
  readonly flights_by_host: Readonly<Record<string, number>>
  readonly pending_handlers?: Readonly<Record<string, readonly string[]>>
  readonly failures: readonly { host: string; task: string; reason: string }[]
  readonly interrupted?: boolean
}

export interface TsplayEnd {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Of `--output json`. */
  readonly events: readonly JsonEvent[]
  /** Throws when the last line is no recap. */
  recap(): JsonRecap
  /** The events of one type, of one task when a name is given. */
  of(type: string, task?: string): readonly JsonEvent[]
}

export interface RunningTsplay {
  readonly process: ChildProcess
  readonly end: Promise<TsplayEnd>
  /** Settles when stdout or stderr has said this; rejects when it ended without. */
  says(text: string): Promise<void>
}

export interface TsplayOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** The real command, started as a user starts it, without a terminal. */
export function startTsplay(args: readonly string[], { cwd, env }: TsplayOptions): RunningTsplay {
  const child = spawn(resolve('bin/tsplay'), [...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', SSH_AUTH_SOCK: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk
      for (const look of waiting) look()
    })
  }
  const end = new Promise<TsplayEnd>((settle, reject) => {
    child.once('error', reject)
    child.once('close', (code) => settle(ending(code, said)))
  })
  return { process: child, end, says: (text) => heard(text, said, { waiting, end }) }
}

/** Runs the real command to its end. */
export function tsplay(args: readonly string[], options: TsplayOptions): Promise<TsplayEnd> {
  return startTsplay(args, options).end
}

interface Said {
  readonly stdout: string
  readonly stderr: string
}

function heard(
  text: string,
  said: Said,
  { waiting, end }: { waiting: Set<() => void>; end: Promise<TsplayEnd> },
): Promise<void> {
  return new Promise((settle, reject) => {
    const look = () => {
      if (!said.stdout.includes(text) && !said.stderr.includes(text)) return
      waiting.delete(look)
      settle()
    }
    waiting.add(look)
    look()
    void end.then(() => reject(new Error(`It ended without saying "${text}":\n${said.stdout}${said.stderr}`)))
  })
}

function ending(code: number | null, { stdout, stderr }: Said): TsplayEnd {
  const events = stdout.split('\n').flatMap((line) => eventOf(line) ?? [])
  return {
    code,
    stdout,
    stderr,
    events,
    recap: () => recapOf(events, `${stdout}${stderr}`),
    of: (type, task) =>
      events.filter((event) => event.type === type && (task === undefined || event['task'] === task)),
  }
}

function eventOf(line: string): JsonEvent | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function recapOf(events: readonly JsonEvent[], said: string): JsonRecap {
  const last = events.at(-1)
  if (!last || !isRecap(last)) throw new Error(`The last line is no recap:\n${said.slice(-4000)}`)
  return last
}

const isRecap = (event: JsonEvent): event is JsonRecap => event.type === 'recap'
