import type { Resource } from '#model/change.ts'
import type { HostSession } from './host-session.ts'

/** How a task wants to reach its host, where its variables do not say: `connection`, `port`, `remote_user`. */
export interface Wishes {
  readonly connection?: string
  readonly port?: number
  readonly user?: string
}

/**
 * The sessions of one host: usually one. A play or task that names another user, port or connection gets a session of
 * its own, with its own memory.
 */
export class HostSessions {
  readonly #open: (wishes: Wishes) => HostSession
  readonly #sessions = new Map<string, HostSession>()

  constructor(open: (wishes: Wishes) => HostSession) {
    this.#open = open
  }

  of(wishes: Wishes): HostSession {
    const key = JSON.stringify([wishes.connection, wishes.port, wishes.user])
    const known = this.#sessions.get(key)
    if (known) return known
    const session = this.#open(wishes)
    this.#sessions.set(key, session)
    return session
  }

  /** Makes all sessions forget; `except` has seen to it itself. */
  forget(touched: readonly Resource[], except?: HostSession): void {
    for (const session of this.#sessions.values()) if (session !== except) session.store.forget(touched)
  }

  /** The same, where something else than a task of this host may have changed it: see `Doubts`. */
  doubt(touched: readonly Resource[]): void {
    for (const { doubts, store } of this.#sessions.values()) doubts.arise((id) => store.get(id))
    this.forget(touched)
  }

  async disconnect(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.disconnect()))
  }

  /** Ends everything; later use fails. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.close()))
  }

  async flights(): Promise<number> {
    const counts = await Promise.all([...this.#sessions.values()].map((session) => session.flights()))
    return counts.reduce((sum, count) => sum + count, 0)
  }
}
