import { spawn } from 'node:child_process'
import { buffer } from 'node:stream/consumers'
import { HostError } from '#model/host-error.ts'
import { backendOf } from './backends.ts'
import type { LabPlan } from './lab-plan.ts'
import { isAlive, readRuntime, readState } from './lab-state.ts'

export interface HostOutput {
  readonly host: string
  /** Both streams, in the order in which they came. */
  readonly output: string
  readonly code: number
}

/** Runs a command as a host's root, without SSH: it works where SSH does not, and needs what `lab up` needed. */
export async function runOnHost(
  plan: LabPlan,
  name: string,
  command: readonly string[],
): Promise<HostOutput> {
  const [program = '', ...args] = await commandOnHost(plan, name, command)
  const child = spawn('sh', ['-c', 'exec 2>&1; exec "$@"', 'lab', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 255))
  })
  const [code, output] = await Promise.all([exit, buffer(child.stdout)])
  return { host: name, output: output.toString('utf8'), code }
}

/** The command line of this machine that runs a command as a host's root. */
async function commandOnHost(
  plan: LabPlan,
  name: string,
  command: readonly string[],
): Promise<readonly string[]> {
  const [state, runtime] = await Promise.all([readState(plan.state), readRuntime(plan.state)])
  const host = state?.plan.hosts.find((one) => one.name === name)
  const first = runtime?.hosts[name]?.process
  if (!state || !host || !first || !(await isAlive(first))) {
    throw new HostError('unreachable', `The lab host ${name} does not run.`, {
      remedy: 'Start it with tsplay lab up.',
    })
  }
  const backend = backendOf(state.backend)
  return backend.enter(state, host, { pid: await backend.leader(first.pid), argv: command })
}
