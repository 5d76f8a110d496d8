import type { HostState } from './host-state.ts'
import type { ModuleCall, ModuleOutcome } from './run-module.ts'
import type { RunState } from './run-state.ts'

/** A call of a task that was begun before its turn. Nobody hears of it before that. */
export interface AheadRun {
  readonly taskId: string
  readonly taskName: string
  readonly call: ModuleCall
  /** Undefined when the host did not carry it out: then it runs in its turn, as if nothing had been. */
  readonly outcome: Promise<ModuleOutcome | undefined>
  /** Its turn has come: what it says is heard from now on, and what it has said. */
  attach(progress: (text: string) => void): void
}

/** What was begun ahead for the task whose turn has come on this host. */
export function takeAhead(run: RunState, host: HostState, taskId: string): AheadRun | undefined {
  if (host.ahead[0]?.taskId !== taskId) {
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

/** Keeps what a task says until somebody listens. */
export class ProgressRelay {
  #kept: string[] = []
  #to: ((text: string) => void) | undefined

  readonly say = (text: string): void => {
    if (this.#to) this.#to(text)
    else this.#kept.push(text)
  }

  attach(to: (text: string) => void): void {
    this.#to = to
    for (const text of this.#kept.splice(0)) to(text)
  }
}
