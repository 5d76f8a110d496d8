import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Resource } from '#model/change.ts'
import { HostError } from '#model/host-error.ts'
import type { Become, Connection, FrameResult } from '#model/transport.ts'
import type { Value } from '#model/value.ts'
import {
  armScript,
  confirmScript,
  forgetScript,
  notSaved,
  rolledBack,
  tooLarge,
  watchedScript,
} from './rollback-scripts.ts'

export interface GuardSetting {
  /** For messages. */
  readonly host: string
  readonly seconds: number
  readonly as: Become | undefined
  readonly signal: AbortSignal
  /** The connection in use. */
  connection(): Promise<Connection>
  /** Opens one more; the guard closes it. */
  connectAnew(signal: AbortSignal): Promise<Connection>
  /** Called for a change of which nothing can be taken back. */
  onUncovered(): void
  /** Drops what is known and connected: the host is as it was before. */
  afterRollback(): Promise<void>
}

/** How long a host is given to finish a rollback before it is called unreachable. */
const graceSeconds = 15

/**
 * `confirm`: makes changes of one host, by one acting user, that the host takes back by itself when no new
 * connection reaches it in time. Copies are kept until `close`, so that a later change of the same play or block
 * takes the earlier ones back with it: the new configuration with the restart that makes it count.
 */
export class ChangeGuard {
  readonly #setting: GuardSetting
  readonly #id = randomBytes(8).toString('hex')
  readonly #paths = new Set<string>()
  readonly #units = new Set<string>()
  #isOpen = false

  constructor(setting: GuardSetting) {
    this.#setting = setting
  }

  /** Copies what a change will touch and starts the watch. Throws when that cannot be done: nothing has changed then. */
  async arm(touched: readonly Resource[]): Promise<void> {
    const { seconds } = this.#setting
    const paths = this.#fresh(touched, 'path', this.#paths)
    const units = this.#fresh(touched, 'unit', this.#units)
    const network = touched.some(({ kind }) => kind === 'network')
    const first = this.#paths.size - paths.length
    const numbered = new Map(paths.map((path, i) => [first + i, path]))
    if (this.#paths.size + this.#units.size === 0) this.#setting.onUncovered()
    this.#isOpen = true
    const script = armScript({ id: this.#id, seconds }, { paths: numbered, units, network })
    const { rc, stderr } = await this.#send(await this.#setting.connection(), script)
    if (rc === tooLarge) throw this.#refused('a folder that it changes is too large to be copied')
    if (rc !== 0)
      throw this.#refused(
        `what it changes cannot be copied${rc === notSaved ? '' : ` (${rc})`}: ${stderr.trim()}`,
      )
  }

  /** Makes a script of the change one that the watch waits for. */
  readonly wrap = (script: string): string => watchedScript(this.#id, script)

  /**
   * Reaches the host on a new connection and ends the watch. Throws when none came about in time: HostError
   * `command-failed` when the host can be reached again and has rolled back, else `unreachable`.
   */
  async confirm(): Promise<void> {
    const { seconds, host } = this.#setting
    const rc = await this.#reach(seconds + graceSeconds)
    if (rc !== undefined && rc !== rolledBack) return
    await this.#setting.afterRollback()
    const what = `No new connection to ${host} came about within ${seconds} s of the change`
    if (rc === undefined) throw new HostError('unreachable', `${what}; the host takes it back by itself.`)
    throw new HostError('command-failed', `${what}, so the host has taken it back.`)
  }

  /** Removes the copies from the host. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#send(await this.#setting.connection(), forgetScript(this.#id))
  }

  /** The exit code of the word to the host; undefined when it could not be reached in this time. */
  async #reach(limitSeconds: number): Promise<number | undefined> {
    const limit = AbortSignal.timeout(limitSeconds * 1000)
    const signal = AbortSignal.any([this.#setting.signal, limit])
    while (!limit.aborted) {
      const rc = await this.#attempt(signal)
      if (rc !== undefined) return rc
      await sleep(500, undefined, { signal: this.#setting.signal })
    }
    return undefined
  }

  async #attempt(signal: AbortSignal): Promise<number | undefined> {
    try {
      const connection = await this.#setting.connectAnew(signal)
      try {
        return (await this.#send(connection, confirmScript(this.#id))).rc
      } finally {
        await connection.close()
      }
    } catch (error) {
      // Not yet, or not any more: what is wrong with the road is said when the time is over.
      if (error instanceof HostError) return undefined
      throw error
    }
  }

  #fresh(touched: readonly Resource[], kind: Resource['kind'], known: Set<string>): readonly string[] {
    const names = touched.filter((one) => one.kind === kind).flatMap(({ name }) => name ?? [])
    const fresh = [...new Set(names)].filter((name) => !known.has(name) && name !== '/')
    for (const name of fresh) known.add(name)
    return fresh
  }

  async #send(connection: Connection, script: string): Promise<FrameResult> {
    const { as } = this.#setting
    const [answer] = connection.send([{ script, ...(as ? { as } : {}) }])
    if (!answer) throw new Error('A connection gave fewer answers than it was sent frames.')
    return answer
  }

  #refused(why: string): HostError {
    return new HostError('refused', `"confirm" needs a way back, and ${why}.`)
  }
}

/** The guards of one host, all for one `confirm` of the playbook, by acting user. */
export interface OpenGuards {
  readonly confirm: Value
  readonly byUser: Map<string, ChangeGuard>
}
