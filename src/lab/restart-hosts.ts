import { awaitHosts } from './await-hosts.ts'
import { askKeeper, type KeeperRequest } from './keeper-control.ts'
import { withLabLock } from './lab-lock.ts'
import type { LabPlan } from './lab-plan.ts'
import { readRuntime, readState } from './lab-state.ts'

/** Something that makes a host boot: `reset` makes it as it was when the lab came up, `reboot` keeps its files. */
export type Restart = Omit<KeeperRequest, 'host'> & { readonly action: 'reset' | 'reboot' }

/** Asks it of hosts at once, and settles when they take logins again. */
export function restartHosts(
  plan: LabPlan,
  hosts: readonly string[],
  restart: Restart,
  signal?: AbortSignal,
): Promise<void> {
  return withLabLock(plan.state, async () => {
    await Promise.all(hosts.map((host) => askKeeper(plan, { ...restart, host })))
    const [state, runtime] = await Promise.all([readState(plan.state), readRuntime(plan.state)])
    if (state && runtime) await awaitHosts(state, runtime.keeper, { hosts, ...(signal && { signal }) })
  })
}
