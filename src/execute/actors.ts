/** Someone who asks a host: one probe, one apply. */
export interface Actor {
  /** A question of this actor is on its way. */
  waits(): void
  /** An answer has come. */
  goesOn(): void
  ends(): void
}

/** How long a flight waits for an actor that is busy elsewhere (reading a local file, say). */
const patienceMs = 20

/**
 * Knows when it is no use waiting any longer: when every actor waits for an answer. Then `onQuiet` runs, once
 * all promise work of the present turn is done. An actor that is busy with something else holds the others up
 * for `patienceMs` at most.
 */
export class Actors {
  readonly #onQuiet: () => void
  #running = 0
  #scheduled = false
  #asked = false
  #timer: NodeJS.Timeout | undefined

  constructor(onQuiet: () => void) {
    this.#onQuiet = onQuiet
  }

  begin(): Actor {
    let open = 0
    let ended = false
    this.#running += 1
    return {
      waits: () => {
        if (open === 0 && !ended) this.#running -= 1
        open += 1
        this.#asked = true
        this.#check()
      },
      goesOn: () => {
        open -= 1
        if (open === 0 && !ended) this.#running += 1
      },
      ends: () => {
        if (!ended && open === 0) this.#running -= 1
        ended = true
        this.#check()
      },
    }
  }

  #check(): void {
    if (!this.#asked || this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#running <= 0) this.#go()
      else this.#timer ??= setTimeout(() => this.#go(), patienceMs)
    })
  }

  #go(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#asked = false
    this.#onQuiet()
  }
}
