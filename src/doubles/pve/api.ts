import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DoubleHost } from '#doubles/host.ts'
import { type Lvm, lvmState } from '#doubles/lvm/lvm-state.ts'
import { type Zfs, zfsState } from '#doubles/zfs/zfs-state.ts'
import { ApiError } from './api-error.ts'
import { checkValues, type Parameters, type Values } from './parameters.ts'
import type { Pve } from './pve-state.ts'

export type Verb = 'get' | 'create' | 'set' | 'delete'

export interface ApiCall {
  readonly values: Values
  readonly pve: Pve
  readonly zfs: Zfs
  readonly lvm: Lvm
  readonly host: DoubleHost
  readonly node: string
  /** A line of a task's log. */
  readonly log: (line: string) => void
}

export interface ApiMethod {
  readonly verb: Verb
  /** `/nodes/{node}/qemu/{vmid}/config` */
  readonly path: string
  /** Besides those in the path. */
  readonly parameters: Parameters
  /** The type of the worker task that does it, and whose it is; without one the method answers itself. */
  readonly task?: (values: Values) => readonly [type: string, id: string]
  /** Null for a method that returns nothing. */
  readonly run: (call: ApiCall) => unknown
}

export interface ApiResult {
  readonly data?: unknown
  readonly upid?: string
  /** A task's. */
  readonly log: readonly string[]
  /** Why the task failed; the call itself has succeeded. */
  readonly taskError?: string
}

/** What a method needs to be called. */
export interface ApiHost {
  readonly pve: Pve
  readonly host: DoubleHost
}

/**
 * Calls a method. A task that fails leaves the state as it was, but for its own record. pve-common,
 * PVE/RESTEnvironment.pm `fork_worker`.
 */
export async function callMethod(
  method: ApiMethod,
  given: Values,
  { pve, host }: ApiHost,
): Promise<ApiResult> {
  const inPath = Object.fromEntries(
    [...method.path.matchAll(/\{([\w-]+)\}/g)].map(([, name = '']) => [name, pathParameter(name)]),
  )
  const values = checkValues({ ...inPath, ...method.parameters }, given)
  const [zfs, lvm, node] = [
    await host.store.open(zfsState),
    await host.store.open(lvmState),
    await host.name(),
  ]
  const log: string[] = []
  const call: ApiCall = { values, pve, zfs, lvm, host, node, log: (line) => log.push(line) }
  if (!method.task) return { data: await method.run(call), log }
  const before = structuredClone({ pve, zfs, lvm })
  const [type, id] = method.task(values)
  const error = await failureOf(async () => method.run(call))
  if (error !== undefined) {
    Object.assign(pve, before.pve)
    Object.assign(zfs, before.zfs)
    Object.assign(lvm, before.lvm)
  }
  const upid = await recordTask(call, { type, id, log, error })
  return { upid, log, ...(error !== undefined && { taskError: error }) }
}

const pathParameter = (name: string): Parameters[string] =>
  name === 'vmid'
    ? { type: 'integer', minimum: 100, maximum: 999_999_999, isRequired: true }
    : { type: 'string', isRequired: true }

async function failureOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof ApiError) return error.message
    throw error
  }
}

interface Ended {
  readonly type: string
  readonly id: string
  readonly log: readonly string[]
  readonly error: string | undefined
}

/** `/var/log/pve/tasks/<last digit of the start time>/<UPID>`: pve-common, PVE/UPID.pm and PVE/Tools.pm `upid_open`. */
async function recordTask({ pve, host, node }: ApiCall, { type, id, log, error }: Ended): Promise<string> {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')
  const at = Math.floor(host.now / 1000)
  const upid = `UPID:${node}:${hex(process.pid)}:${hex(pve.count++)}:${hex(at)}:${type}:${id}:root@pam:`
  const result = error ?? 'OK'
  pve.tasks = [...pve.tasks, { upid, type, id, at, result }].slice(-1000)
  const file = host.path(`/var/log/pve/tasks/${hex(at).slice(-1)}/${upid}`)
  await mkdir(dirname(file), { recursive: true })
  const last = error === undefined ? 'TASK OK' : `TASK ERROR: ${error}`
  await writeFile(file, [...log, last, ''].join('\n'))
  return upid
}
