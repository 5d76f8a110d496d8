import { HostError } from '#model/host-error.ts'
import type { Become } from '#model/transport.ts'
import type { FramedShell } from './framed-shell.ts'
import type { Launch } from './launch.ts'
import type { PendingFrame } from './pending-frame.ts'

export interface SlotOptions {
  /** The ways to start this shell, best first; each call gives fresh ones. */
  readonly launches: () => readonly Launch[]
  readonly open: (launch: Launch) => Promise<FramedShell>
  /** Explains a shell that did not come about; undefined when the next launch should be tried. */
  readonly explain: (error: unknown, launch: Launch) => HostError | undefined
}

/**
 * The one shell of one user, opened at first use and again after it has ended. Frames that were given while it
 * was being opened leave together.
 */
export class ShellSlot {
  readonly become: Become | undefined
  readonly #options: SlotOptions
  #queue: PendingFrame[] = []
  #shell: FramedShell | undefined
  #opening: Promise<void> | undefined

  constructor(become: Become | undefined, options: SlotOptions) {
    this.become = become
    this.#options = options
  }

  get shell(): FramedShell | undefined {
    return this.#shell
  }

  send(frames: readonly PendingFrame[]): void {
    if (this.#shell?.alive) this.#shell.write(frames)
    else this.#enqueue(frames)
  }

  #enqueue(frames: readonly PendingFrame[]): void {
    this.#queue.push(...frames)
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
      // A shell that ended while the last ones came in leaves them to a new one.
      if (this.#queue.length > 0) this.send([])
    })
  }

  /** Settles when no shell is being opened any more. */
  async opened(): Promise<void> {
    await this.#opening
  }

  /** Lets the shell end when it has run what it was given. Frames given later need another slot. */
  async finish(): Promise<void> {
    await this.#opening
    this.#shell?.end()
    await this.#shell?.wire.ended
  }

  /** Frames that were not sent yet will not be. */
  refuse(error: HostError): void {
    for (const pending of this.#queue.splice(0)) pending.fail(error)
  }

  async #open(): Promise<void> {
    const launches = this.#options.launches()
    for (const launch of launches) {
      const failure = await this.#try(launch)
      if (failure === 'opened') return
      if (failure) return this.refuse(failure)
    }
    this.refuse(new HostError('become', 'No way to start a shell for this user was left.'))
  }

  async #try(launch: Launch): Promise<HostError | 'opened' | undefined> {
    let shell: FramedShell | undefined
    try {
      shell = await this.#options.open(launch)
      this.#shell = shell
      const leaving = this.#queue.splice(0)
      if (leaving.length > 0) shell.write(leaving)
      await shell.ready
      return 'opened'
    } catch (error) {
      this.#shell = undefined
      // They were sent to a shell that never listened, so they have not run.
      this.#queue.unshift(...(shell?.unfinished ?? []))
      return this.#options.explain(error, launch)
    }
  }
}
