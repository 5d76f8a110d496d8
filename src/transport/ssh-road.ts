import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Client, ClientChannel } from 'ssh2'
import { HostError } from '#model/host-error.ts'
import { SessionLimit } from './session-limit.ts'
import { execAhead } from './shortcuts.ts'
import { lossReason } from './ssh-errors.ts'
import { holdBack } from './ssh-under-way.ts'
import type { Ending, OpenOptions, Road, Wire } from './wire.ts'

/** Below the ten that sshd allows by default: jumps and other tools want places too. */
const sessions = 8
const refusalsWhenIdle = 8

/** The way to a host over one SSH connection. */
export class SshRoad implements Road {
  readonly name: string
  broken: Error | undefined
  onPressure: (() => void) | undefined
  readonly #client: Client
  readonly #limit: SessionLimit
  readonly #closed: Promise<void>
  #isUsed = false
  #hasOpened = false

  constructor(name: string, client: Client) {
    this.name = name
    this.#client = client
    this.#limit = new SessionLimit(sessions, () => this.onPressure?.())
    client.on('error', (error) => {
      this.broken ??= lossReason(error)
    })
    this.#closed = new Promise((resolve) => {
      client.once('close', () => {
        this.broken ??= new Error('the host closed the connection.')
        this.#limit.release()
        resolve()
      })
    })
  }

  get crowded(): boolean {
    return this.#limit.crowded
  }

  async open(command: string, options: OpenOptions = {}): Promise<Wire> {
    for (let refusals = 0; ; refusals += 1) {
      await this.#limit.take()
      if (this.broken) throw this.#gone()
      const opened = await this.#exec(command, options)
      if (!(opened instanceof Error)) return opened
      // sshd counts a session until its processes are gone, which is a little after it has told us.
      const worthAnother = this.#limit.refused() || (this.#hasOpened && refusals < refusalsWhenIdle)
      if (!worthAnother) throw this.#noSessions(opened)
      await sleep(Math.min(500, 20 * 2 ** refusals))
    }
  }

  async close(): Promise<void> {
    this.broken ??= new Error('the connection was closed.')
    this.#client.end()
    // By then the goodbye is with the kernel, which delivers it. That the server hangs up as well is not waited for.
    await nextTurn()
    this.#client.destroy()
    await this.#closed
  }

  /** Gives an Error when the server does not want another session; rejects when the connection is gone. */
  #exec(command: string, { pty, first, underWay }: OpenOptions): Promise<Wire | Error> {
    const { promise, resolve, reject } = Promise.withResolvers<Wire | Error>()
    const ahead = !this.#isUsed && !pty && execAhead(this.#client, command)
    this.#isUsed = true
    try {
      this.#client.exec(command, pty ? { pty: terminal } : {}, (error, channel) => {
        if (error) return this.#isGone(error, ahead) ? reject(this.#gone()) : resolve(error)
        this.#hasOpened = true
        if (underWay !== undefined) holdBack(this.#client, channel, underWay)
        if (first) channel.write(first)
        resolve(this.#wire(channel))
      })
    } catch (error) {
      // ssh2 throws when the socket is gone already.
      this.broken ??= lossReason(error)
      reject(this.#gone())
    }
    return promise
  }

  /** A server that refused the channel hangs up when a request for it has been sent ahead. */
  #isGone(error: Error, ahead: boolean): boolean {
    if (ahead && /unknown channel/.test(this.broken?.message ?? '')) return false
    return this.broken !== undefined || /No response from server/.test(error.message)
  }

  #noSessions(error: Error): HostError {
    const remedy =
      'The server allows no sessions for this user; look at MaxSessions, ForceCommand and PermitTTY.'
    return new HostError('unreachable', `${this.name} does not start programs: ${error.message}.`, {
      remedy,
      cause: error,
    })
  }

  #gone(): HostError {
    return new HostError(
      'unreachable',
      `The connection to ${this.name} is gone: ${this.broken?.message ?? 'closed.'}`,
    )
  }

  #wire(channel: ClientChannel): Wire {
    const ended = new Promise<Ending>((resolve) => {
      let seen: Ending | undefined
      channel.on('exit', (rc: number | null, signal?: string) => {
        seen = { rc: rc ?? undefined, ...(signal && { signal }) }
      })
      channel.once('close', () => {
        this.#limit.give()
        resolve(seen ?? { rc: undefined, ...(this.broken && { lost: this.broken }) })
      })
    })
    const exited = new Promise<void>((resolve) => channel.once('exit', () => resolve()))
    const streams = { stdin: channel, stdout: channel, stderr: channel.stderr }
    return { ...streams, ended, exited, drop: () => drop(channel) }
  }
}

/** Wide enough that nothing is wrapped. */
const terminal = { term: 'dumb', cols: 500, rows: 50 }

function drop(channel: ClientChannel): void {
  // sshd passes this on to the program and all it started, where they have not left its process group.
  if (channel.writable) channel.signal('TERM')
  channel.close()
  // Its end is seen only by those who read to it.
  for (const stream of [channel, channel.stderr]) {
    stream.unpipe()
    stream.resume()
  }
}
