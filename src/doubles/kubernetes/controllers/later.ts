/** What controllers have put off: looks for which it is too early, and work that takes time. Nothing comes after `stop`. */
export class Later {
  /** When each of them is due. */
  readonly #timers = new Map<NodeJS.Timeout, number>()
  readonly #busy = new Set<string>()
  readonly #said = new Map<string, string>()
  readonly #wake: () => void
  readonly #backOffMs: number
  #isOver = false

  /** `wake` lets the controllers look. */
  constructor(wake: () => void, backOffMs: number) {
    this.#wake = wake
    this.#backOffMs = backOffMs
  }

  again(milliseconds: number): void {
    const due = performance.now() + milliseconds
    // Who looks then will ask again.
    if ([...this.#timers.values()].some((earlier) => earlier <= due)) return
    this.#start(milliseconds, this.#wake)
  }

  background(name: string, work: () => Promise<void>): void {
    if (this.#busy.has(name)) return
    this.#busy.add(name)
    const end = (): void => {
      this.#busy.delete(name)
      if (!this.#isOver) this.#wake()
    }
    work().then(end, (error: unknown) => {
      if (this.#isOver) return
      this.#report(name, error instanceof Error ? error.message : String(error))
      this.#start(this.#backOffMs, end)
    })
  }

  stop(): void {
    this.#isOver = true
    for (const timer of this.#timers.keys()) clearTimeout(timer)
  }

  #start(milliseconds: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      work()
    }, milliseconds)
    this.#timers.set(timer, performance.now() + milliseconds)
  }

  /** What fails again and again is said once. */
  #report(name: string, problem: string): void {
    if (this.#said.get(name) === problem) return
    this.#said.set(name, problem)
    process.stderr.write(`E controllers: ${name}: ${problem}\n`)
  }
}
