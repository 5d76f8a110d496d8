/** Someone who asks a host: one probe, one apply. */
export interface Actor {
  /** A question of this actor is on its way. */
  waits(): void
  /** An answer has come. */
  goesOn(): void
  ends(): void
}

/** How long a flight waits for actors that are busy elsewhere (reading a local file, say) while none of them asks. */
const patienceMs = 20
/** And how long at most, while one after the other asks: a slow disk must not hold a host up for ever. */
const mostMs = 200
/** And at most while somebody plans what shall leave with it. */
const mostPlannedMs = 1000

/**
 * Knows when it is no use waiting any longer: when every actor waits for an answer. Then `onQuiet` runs, once
 * all promise work of the present turn is done. Actors that are busy with something else hold the others up
 * until none of them has asked anything for `patienceMs`.
 */
export class Actors {
  readonly #onQuiet: () => void
  #running = 0
  #scheduled = false
  #asked = false
  #timer: NodeJS.Timeout | undefined
  #waitingSince = 0
  #planning = 0

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

  /** Begins an actor that has much to do on this machine before it asks: flights wait longer for it. */
  beginPlanning(): Actor {
    const actor = this.begin()
    this.#planning += 1
    return {
      ...actor,
      ends: () => {
        this.#planning -= 1
        actor.ends()
      },
    }
  }

  #check(): void {
    if (!this.#asked || this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#running <= 0) this.#go()
      else this.#wait()
    })
  }

  #wait(): void {
    if (!this.#timer) {
      this.#waitingSince = performance.now()
      this.#timer = setTimeout(() => this.#expire(), patienceMs)
    } else if (performance.now() - this.#waitingSince < mostMs) this.#timer.refresh()
  }

  #expire(): void {
    const isPlanned = this.#planning > 0 && performance.now() - this.#waitingSince < mostPlannedMs
    if (isPlanned) this.#timer?.refresh()
    else this.#go()
  }

  #go(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#asked = false
    this.#onQuiet()
  }
}
