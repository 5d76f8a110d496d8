import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { BackendName } from './backend-name.ts'
import type { LabPlan } from './lab-plan.ts'

/** A process that is not mistaken for a later one with the same number. */
export interface ProcessId {
  readonly pid: number
  /** Clock ticks from the machine's start to the process' start. */
  readonly startTicks: string
}

/** Where a host's SSH server is reached from this machine. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** Written before the first thing is made, so that whatever ends `up` leaves a trail. */
export interface LabState {
  readonly plan: LabPlan
  readonly endpoints: Readonly<Record<string, Endpoint>>
  readonly backend: BackendName
  /** By host: the folders that its file system lies over, the topmost first; none where hosts have no image. */
  readonly lowers: Readonly<Record<string, readonly string[]>>
  /** By suite: the folder with the packages that its hosts can install. */
  readonly packages: Readonly<Record<string, string>>
}

/** Written by the lab's keeper whenever a host starts or stops. */
export interface LabRuntime {
  readonly keeper: ProcessId
  readonly hosts: Readonly<Record<string, HostRuntime>>
}

export interface HostRuntime {
  /** What keeps the host, such as systemd-nspawn; absent while the host is between two starts or has ended. */
  readonly process?: ProcessId
  readonly startedAt: number
  /** 1 after the first boot. */
  readonly starts: number
  /** How the host ended, when it will not be started again. */
  readonly ended?: string
}

const stateFile = (folder: string): string => join(folder, 'lab.json')
export const runtimeFile = (folder: string): string => join(folder, 'runtime.json')

export const writeState = (state: LabState): Promise<void> => writeJson(stateFile(state.plan.state), state)

/** The state of a lab, or undefined when there is none. */
export async function readState(folder: string): Promise<LabState | undefined> {
  const content = await readJson(stateFile(folder))
  return isLabState(content) ? content : undefined
}

/** What the keeper last wrote, or undefined when it never came so far or has ended. */
export async function readRuntime(folder: string): Promise<LabRuntime | undefined> {
  const content = await readJson(runtimeFile(folder))
  return isLabRuntime(content) && (await isAlive(content.keeper)) ? content : undefined
}

/** Replaces the file as a whole: readers see the old or the new content. */
export async function writeJson(file: string, content: unknown, mode = 0o644): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode })
  await rename(`${file}.new`, file)
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => 'null')
  try {
    return JSON.parse(text)
  } catch {
    // Half of a lab is none: it can still be removed, and made anew.
    return null
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function isLabState(value: unknown): value is LabState {
  return isObject(value) && 'plan' in value && 'endpoints' in value && 'lowers' in value
}

function isLabRuntime(value: unknown): value is LabRuntime {
  return isObject(value) && 'keeper' in value && 'hosts' in value
}

/** Identifies a running process; undefined when it has ended. */
export async function identify(pid: number): Promise<ProcessId | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The second field is the program's name and may hold spaces and brackets. See proc(5).
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const startTicks = fields?.[19]
  // One that nobody has waited for yet has ended all the same.
  return startTicks === undefined || fields?.[0] === 'Z' ? undefined : { pid, startTicks }
}

/** Whether this very process still runs. */
export async function isAlive(process: ProcessId): Promise<boolean> {
  return (await identify(process.pid))?.startTicks === process.startTicks
}
