import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LabHost } from './lab-plan.ts'
import { type Endpoint, isAlive, type LabState, type ProcessId, readRuntime } from './lab-state.ts'

export interface Waiting {
  readonly keeper: ProcessId
  readonly withinMs: number
  readonly signal?: AbortSignal
}

/**
 * Waits until a host's SSH server greets; false when it does not in time, has ended, its keeper has, or nobody waits any more.
 * The image starts its server after logins are allowed, so a greeting means that one can log in.
 */
export async function untilReady(
  state: LabState,
  host: LabHost,
  { keeper, withinMs, signal }: Waiting,
): Promise<boolean> {
  const endpoint = state.endpoints[host.name]
  const deadline = Date.now() + withinMs
  while (endpoint && Date.now() < deadline && !signal?.aborted) {
    if (await greets(endpoint)) return true
    if (!(await isAlive(keeper))) return false
    const runtime = await readRuntime(state.plan.state)
    if (runtime?.hosts[host.name]?.ended) return false
    await sleep(25)
  }
  return false
}

/** Whether an SSH server answers with its banner within a second. See RFC 4253, section 4.2. */
export function greets(endpoint: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: endpoint.address, port: endpoint.port })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => settle(false))
    socket.once('data', (chunk: Buffer) => settle(chunk.subarray(0, 4).toString('latin1') === 'SSH-'))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
  })
}
