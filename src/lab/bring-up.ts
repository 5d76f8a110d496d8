import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '#model/host-error.ts'
import { awaitHosts, type Waiting } from './await-hosts.ts'
import type { BackendName } from './backend-name.ts'
import { chooseBackend } from './choose-backend.ts'
import { hostBases } from './host-bases.ts'
import type { HostFile } from './host-files.ts'
import { writeGiven } from './host-given.ts'
import type { ImageKind } from './image-kind.ts'
import { grantAccess } from './lab-access.ts'
import { withLabLock } from './lab-lock.ts'
import { type LabHost, type LabPlan, stateRoot } from './lab-plan.ts'
import type { LabReport } from './lab-report.ts'
import { type LabState, type ProcessId, readRuntime, readState, writeState } from './lab-state.ts'
import { openEndpoints } from './loopback-endpoints.ts'
import { requireSpace } from './require-space.ts'
import { startKeeper } from './start-keeper.ts'
import { removeLab, removeOrphans } from './take-down.ts'

export interface UpOptions extends Waiting {
  readonly report: LabReport
  /** The most faithful that this machine can have, when absent. */
  readonly backend?: BackendName
  /** Files laid over a host's file system before its first boot, and again when it is reset: doubles. */
  readonly filesFor?: (host: LabHost, image: ImageKind | undefined) => Promise<readonly HostFile[]>
}

/**
 * Brings a lab up and settles when every host's SSH server takes logins.
 *
 * A lab that is up already is left alone; the remains of one that is not are removed first. When it fails
 * or is interrupted, nothing stays behind but the caches.
 */
export const bringUp = (plan: LabPlan, options: UpOptions): Promise<LabState> =>
  withLabLock(plan.state, () => up(plan, options))

async function up(plan: LabPlan, options: UpOptions): Promise<LabState> {
  const running = await runningLab(plan)
  if (running) return awaitHosts(running.state, running.keeper, options)
  await removeOrphans(stateRoot())
  await removeLab(plan)
  try {
    return await build(plan, options)
  } catch (error) {
    await removeLab(plan)
    throw error
  }
}

/** The lab when its keeper and all of its hosts run. Another lab of the same name is not replaced silently. */
async function runningLab(
  plan: LabPlan,
): Promise<{ readonly state: LabState; readonly keeper: ProcessId } | undefined> {
  const [state, runtime] = await Promise.all([readState(plan.state), readRuntime(plan.state)])
  if (!state || !runtime) return undefined
  if (JSON.stringify(state.plan) !== JSON.stringify(plan)) {
    throw new HostError('refused', `The lab "${plan.spec.name}" is up with other hosts, packages or suite.`, {
      remedy: 'Take it down first, or give this one another name.',
    })
  }
  const isWhole = Object.values(runtime.hosts).every((host) => !host.ended)
  return isWhole ? { state, keeper: runtime.keeper } : undefined
}

async function build(plan: LabPlan, options: UpOptions): Promise<LabState> {
  const context = { report: options.report, ...(options.signal && { signal: options.signal }) }
  await requireSpace(plan.state, 4 * plan.hosts.length + 4, 'what the hosts write')
  const backend = await chooseBackend(options.backend, context)
  const stands = await hostBases(backend, plan, context)
  options.report({ step: `Starting ${plan.hosts.map((host) => host.name).join(', ')}` })
  const { endpoints, gates } = await openEndpoints(plan, backend.hasOwnNetwork)
  const state: LabState = { plan, endpoints, backend: backend.name, ...stands }
  try {
    await writeState(state)
    await mkdir(join(plan.state, 'hosts'), { mode: 0o700 })
    await Promise.all(plan.hosts.map((host) => mkdir(host.directory)))
    const [access, files] = await Promise.all([
      grantAccess(plan, endpoints, {
        user: backend.user(),
        variables: (host, endpoint) => backend.variables(host, endpoint),
      }),
      allFiles(plan, backend.image, options),
      backend.prepare(plan),
    ])
    await writeGiven(plan, { access, files })
    options.signal?.throwIfAborted()
    return await awaitHosts(state, await startKeeper(state, gates), options)
  } finally {
    for (const { server } of gates) server.close()
  }
}

async function allFiles(
  plan: LabPlan,
  image: ImageKind | undefined,
  { filesFor }: UpOptions,
): Promise<Record<string, readonly HostFile[]>> {
  const files = plan.hosts.map(async (host) => [host.name, (await filesFor?.(host, image)) ?? []] as const)
  return Object.fromEntries(await Promise.all(files))
}
