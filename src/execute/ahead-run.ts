import type { ModuleCall, ModuleOutcome } from './run-module.ts'

/** A call of a task that was begun before its turn. Nobody hears of it before that. */
export interface AheadRun {
  /** See `AheadCall`. */
  readonly key: string
  readonly taskName: string
  readonly call: ModuleCall
  /** Undefined when the host did not carry it out: then it runs in its turn, as if nothing had been. */
  readonly outcome: Promise<ModuleOutcome | undefined>
  /** Its turn has come: what it says is heard from now on, and what it has said. */
  attach(progress: (text: string) => void): void
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
