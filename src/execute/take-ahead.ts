import type { AheadRun } from './ahead-run.ts'
import type { HostState } from './host-state.ts'
import type { RunState } from './run-state.ts'

/** What was begun ahead for the call whose turn has come on this host. */
export function takeAhead(run: RunState, host: HostState, key: string): AheadRun | undefined {
  if (host.ahead[0]?.key !== key) {
    void abandonAhead(run, host)
    return undefined
  }
  return host.ahead.shift()
}

/**
 * The turn of what was begun ahead will not come: the task before it failed, so that the host itself has left it out;
 * or the connection or the run has ended, and what may have been done must not go unsaid.
 */
export async function abandonAhead(run: RunState, host: HostState): Promise<void> {
  const left = host.ahead.splice(0).filter(({ call }) => call.module.apply)
  const ends = await Promise.allSettled(left.map(({ outcome }) => outcome))
  ends.forEach((end, i) => {
    const did =
      end.status === 'rejected' ? 'may have changed it' : end.value?.changes.length && 'has changed it'
    if (did) run.warn(`"${left[i]?.taskName}" was sent to the host before its turn, and ${did}.`, host.name)
  })
}
