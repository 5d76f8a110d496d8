import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile } from 'node:fs/promises'
import { HostError } from '#model/host-error.ts'
import { backendOf } from './backends.ts'
import { keeperFile, type RelayMessage } from './keep-lab.ts'
import { keeperLog } from './lab-log.ts'
import { identify, type LabState, type ProcessId } from './lab-state.ts'
import type { Gate } from './loopback-endpoints.ts'
import { labMark } from './processes.ts'

/**
 * Starts the keeper, detached, in the lab's network, and hands it the listening sockets. A socket belongs to
 * the network it was made in, so these keep listening on this machine's loopback.
 */
export async function startKeeper(state: LabState, gates: readonly Gate[]): Promise<ProcessId> {
  const { plan } = state
  await mkdir(plan.state, { recursive: true })
  const log = await open(keeperLog(plan.state), 'a')
  const argv = await backendOf(state.backend).keeper(plan, [process.execPath, keeperFile, plan.state])
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    cwd: '/',
    detached: true,
    env: { ...process.env, [labMark]: plan.id },
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  })
  await log.close()
  const gone = once(child, 'exit').then(async ([code, signal]) => {
    throw new HostError('command-failed', `The lab's keeper ended with ${code ?? signal} at its start.`, {
      stderr: await readFile(keeperLog(plan.state), 'utf8'),
    })
  })
  await Promise.race([gone, handOver(child, gates)])
  // From here on it ends without us.
  gone.catch(() => undefined)
  child.unref()
  const keeper = await identify(child.pid ?? 0)
  return keeper ?? gone
}

async function handOver(child: ChildProcess, gates: readonly Gate[]): Promise<void> {
  // The keeper disconnects when it has them all. If we did, messages it had not yet listened for were lost.
  const taken = once(child, 'disconnect')
  for (const { host, service, server } of gates) {
    const message: RelayMessage = { relay: host, ...(service !== undefined && { service }) }
    await new Promise<void>((resolve, reject) => {
      child.send(message, server, (error) => (error ? reject(error) : resolve()))
    })
    // Else we would take, and refuse, half of the connections.
    server.close()
  }
  await taken
}
