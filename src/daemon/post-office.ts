import type { Ledger } from '#app/schedule-ledger.ts'
import type { AlertRoute } from '#model/schedule.ts'
import type { Alert } from '#model/slot.ts'
import { sendAlert } from './send-alert.ts'

const firstWaitMs = 10_000
const longestWaitMs = 15 * 60_000

/**
 * Sends the alerts of the ledger. One counts as sent when every route that wants it has taken it; what a route
 * refuses is tried again, ever more rarely, also by a later daemon, which may then repeat it to the others.
 */
export class PostOffice {
  readonly #complain: (message: string) => void
  readonly #taken = new Map<number, Set<AlertRoute>>()
  #waitMs = 0
  #nextTry = 0
  #running = false

  constructor(complain: (message: string) => void) {
    this.#complain = complain
  }

  /** Sends what waits, unless it is being sent already or a failure is too recent. Never rejects. */
  async deliver(ledger: Ledger, routes: readonly AlertRoute[], now: number): Promise<void> {
    if (this.#running || now < this.#nextTry) return
    this.#running = true
    try {
      let failed = false
      for (const alert of ledger.unsent()) {
        if (await this.#send(alert, routes)) ledger.markSent(alert.id, now)
        else failed = true
      }
      this.#waitMs = failed ? Math.min(Math.max(firstWaitMs, this.#waitMs * 2), longestWaitMs) : 0
      this.#nextTry = now + this.#waitMs
    } finally {
      this.#running = false
    }
  }

  async #send(alert: Alert, routes: readonly AlertRoute[]): Promise<boolean> {
    const taken = this.#taken.get(alert.id) ?? new Set()
    this.#taken.set(alert.id, taken)
    const wanted = routes.filter(({ on }) => on.includes(alert.kind))
    for (const route of wanted.filter((one) => !taken.has(one))) {
      try {
        await sendAlert(alert, route)
        taken.add(route)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        this.#complain(`warning: An alert about ${alert.schedule} was not sent by ${route.kind}: ${reason}`)
      }
    }
    const done = wanted.every((route) => taken.has(route))
    if (done) this.#taken.delete(alert.id)
    return done
  }
}
