import type { ChildProcess } from 'node:child_process'
import type { Slot } from '#model/slot.ts'

const keyOf = ({ schedule, at }: Pick<Slot, 'schedule' | 'at'>): string => `${schedule} ${at}`

/** The processes that this daemon started and that go on. */
export class Children {
  readonly #running = new Map<string, ChildProcess>()

  /** @param onEnd called once, with the exit code; undefined when it never ran or a signal ended it */
  add(slot: Slot, child: ChildProcess, onEnd: (code: number | undefined) => void): void {
    const key = keyOf(slot)
    const end = (code: number | undefined) => {
      if (this.#running.get(key) !== child) return
      this.#running.delete(key)
      onEnd(code)
    }
    this.#running.set(key, child)
    child.once('error', () => end(undefined))
    child.once('exit', (code) => end(code ?? undefined))
  }

  has(slot: Slot): boolean {
    return this.#running.has(keyOf(slot))
  }

  /** Resolves when all have ended, or when the time is over; gives how many go on. */
  async ended(withinMs: number): Promise<number> {
    const all = [...this.#running.values()].map(
      (child) => new Promise<void>((resolve) => child.once('exit', () => resolve())),
    )
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, withinMs)
    await Promise.race([Promise.all(all), promise])
    clearTimeout(timer)
    for (const child of this.#running.values()) child.unref()
    return this.#running.size
  }
}
