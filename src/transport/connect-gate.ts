/** Lets only so many in at a time for each key; the others wait in order. */
export class ConnectGate {
  readonly #limit: number
  readonly #places = new Map<string, { inside: number; readonly waiting: (() => void)[] }>()

  constructor(limit: number) {
    this.#limit = limit
  }

  async through<T>(key: string, work: () => Promise<T>): Promise<T> {
    await this.#enter(key)
    try {
      return await work()
    } finally {
      this.#leave(key)
    }
  }

  async #enter(key: string): Promise<void> {
    const place = this.#places.get(key) ?? { inside: 0, waiting: [] }
    this.#places.set(key, place)
    if (place.inside < this.#limit) {
      place.inside += 1
      return
    }
    await new Promise<void>((resolve) => place.waiting.push(resolve))
  }

  #leave(key: string): void {
    const place = this.#places.get(key)
    if (!place) return
    const next = place.waiting.shift()
    // Whoever comes next takes over the place.
    if (next) next()
    else place.inside -= 1
    if (place.inside === 0) this.#places.delete(key)
  }
}
