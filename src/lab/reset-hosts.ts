import { awaitHosts } from './await-hosts.ts'
import { askKeeper } from './keeper-control.ts'
import { withLabLock } from './lab-lock.ts'
import type { LabPlan } from './lab-plan.ts'
import { readRuntime, readState } from './lab-state.ts'

/** Makes hosts as they were when the lab came up, at once, and settles when they take logins again. */
export function resetHosts(plan: LabPlan, hosts: readonly string[], signal?: AbortSignal): Promise<void> {
  return withLabLock(plan.state, async () => {
    await Promise.all(hosts.map((host) => askKeeper(plan, { action: 'reset', host })))
    const [state, runtime] = await Promise.all([readState(plan.state), readRuntime(plan.state)])
    if (state && runtime) await awaitHosts(state, runtime.keeper, signal ? { signal } : {})
  })
}
