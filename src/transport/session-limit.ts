/**
 * Places for sessions on one connection. sshd allows ten (MaxSessions) unless told otherwise; when it refuses
 * one, there are evidently no more than are in use, and the next has to wait.
 */
export class SessionLimit {
  #limit: number
  #inUse = 0
  readonly #waiting: (() => void)[] = []
  readonly #onPressure: () => void

  /** `onPressure` is called when somebody waits: whoever holds a place without need should give it up. */
  constructor(limit: number, onPressure: () => void) {
    this.#limit = limit
    this.#onPressure = onPressure
  }

  /** True while somebody waits. */
  get crowded(): boolean {
    return this.#waiting.length > 0
  }

  async take(): Promise<void> {
    if (this.#inUse < this.#limit) {
      this.#inUse += 1
      return
    }
    const turn = new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#onPressure()
    await turn
  }

  give(): void {
    this.#inUse -= 1
    this.#admit()
  }

  /** The server refused a session for which a place had been taken. False when not even one is allowed. */
  refused(): boolean {
    this.#inUse -= 1
    this.#limit = Math.max(1, this.#inUse)
    return this.#inUse > 0
  }

  /** Wakes everybody who waits, so that they find out that the connection is gone. */
  release(): void {
    this.#limit = Number.POSITIVE_INFINITY
    this.#admit()
  }

  #admit(): void {
    while (this.#inUse < this.#limit) {
      const next = this.#waiting.shift()
      if (!next) return
      this.#inUse += 1
      next()
    }
  }
}
