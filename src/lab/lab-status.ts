import { backendOf } from './backends.ts'
import type { LabHost, LabPlan } from './lab-plan.ts'
import { type Endpoint, isAlive, type LabState, readRuntime, readState } from './lab-state.ts'
import { processState } from './processes.ts'
import { greets } from './until-ready.ts'

export interface LabHostStatus {
  readonly name: string
  readonly groups: readonly string[]
  readonly endpoint: Endpoint
  /** Inside the lab. */
  readonly address: string
  /** Of the host's own first process, as this machine counts; absent when the host is down. */
  readonly pid?: number
  readonly uptimeMs?: number
  readonly memoryBytes?: number
  /** `booting`: the host runs and its SSH server does not answer yet. */
  readonly ssh: 'ready' | 'booting' | 'frozen' | 'down'
}

/** The state of each host, or undefined when there is no such lab. Needs no root. */
export async function labStatus(plan: Pick<LabPlan, 'state'>): Promise<LabHostStatus[] | undefined> {
  const state = await readState(plan.state)
  if (!state) return undefined
  const runtime = await readRuntime(plan.state)
  return Promise.all(
    state.plan.hosts.map(async (host) => {
      const own = runtime?.hosts[host.name]
      const runs = own?.process !== undefined && (await isAlive(own.process))
      return runs && own.process
        ? running(state, host, { pid: own.process.pid, startedAt: own.startedAt })
        : down(state, host)
    }),
  )
}

function down(state: LabState, host: LabHost): LabHostStatus {
  const endpoint = state.endpoints[host.name] ?? { address: '', port: 0 }
  return { name: host.name, groups: host.groups, endpoint, address: host.address, ssh: 'down' }
}

async function running(
  state: LabState,
  host: LabHost,
  { pid, startedAt }: { readonly pid: number; readonly startedAt: number },
): Promise<LabHostStatus> {
  const rest = down(state, host)
  const backend = backendOf(state.backend)
  const leader = await backend.leader(pid)
  const [memoryBytes, ssh] = await Promise.all([
    backend.memory(state.plan, host, pid),
    sshState(leader, rest.endpoint),
  ])
  return {
    ...rest,
    pid: leader,
    uptimeMs: Date.now() - startedAt,
    ...(memoryBytes !== undefined && { memoryBytes }),
    ssh,
  }
}

async function sshState(leader: number, endpoint: Endpoint): Promise<LabHostStatus['ssh']> {
  if ((await processState(leader)) === 'stopped') return 'frozen'
  return (await greets(endpoint)) ? 'ready' : 'booting'
}
