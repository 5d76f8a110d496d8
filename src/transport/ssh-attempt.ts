import type { Duplex } from 'node:stream'
import ssh2 from 'ssh2'
import { HostError, interruption } from '#model/host-error.ts'
import { type ConnectFailure, connectFailure, type Stage } from './ssh-errors.ts'
import { hopName, type SshHop } from './ssh-hop.ts'
import type { Login } from './ssh-login.ts'

/** Thrown instead of a HostError so that the caller can decide to try again. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError'
  readonly failure: ConnectFailure

  constructor(failure: ConnectFailure) {
    super(failure.error.message, { cause: failure.error })
    this.failure = failure
  }
}

/** ssh2's own `destroy` does nothing once its side has ended, and a server that is frozen never ends the other. */
class DestroyableClient extends ssh2.Client {
  readonly #road: Duplex

  constructor(road: Duplex) {
    super()
    this.#road = road
  }

  override destroy(): this {
    super.destroy()
    this.#road.destroy()
    return this
  }
}

/**
 * Makes one promise of ssh2's many events. The limit of time holds for each of three steps: the network, the
 * handshake, the login.
 */
export class Attempt {
  readonly client: ssh2.Client
  /** Rejects with ConnectError; everything is closed by then. */
  readonly ready: Promise<void>
  readonly #hop: SshHop
  readonly #login: Login
  readonly #settle = Promise.withResolvers<void>()
  #stage: Stage
  #timer: NodeJS.Timeout | undefined
  #done = false

  constructor(hop: SshHop, login: Login, road: Duplex, signal: AbortSignal) {
    this.#hop = hop
    this.#login = login
    this.client = new DestroyableClient(road)
    this.ready = this.#settle.promise
    this.#stage = 'connecting' in road && road.connecting ? 'network' : 'handshake'
    this.#enter(this.#stage)
    road.once('connect', () => this.#enter('handshake'))
    this.#listen()
    const stop = () => this.fail(interruption())
    signal.addEventListener('abort', stop, { once: true })
    this.ready.then(
      () => signal.removeEventListener('abort', stop),
      () => signal.removeEventListener('abort', stop),
    )
  }

  /** The first failure counts; what follows from it does not. */
  fail(cause: unknown): void {
    if (this.#done) return
    this.#done = true
    clearTimeout(this.#timer)
    this.#settle.reject(new ConnectError(this.#explain(cause)))
    this.client.destroy()
  }

  #listen(): void {
    this.client.on('handshake', () => this.#enter('login'))
    this.client.on('ready', () => {
      this.#done = true
      clearTimeout(this.#timer)
      this.#settle.resolve()
    })
    this.client.on('error', (error) => {
      // An agent that cannot sign with one key is no reason to stop: ssh2 goes on with the next.
      if (error.level !== 'agent') this.fail(error)
    })
    this.client.on('close', () => this.fail(new Error('Connection closed by the server')))
  }

  #enter(stage: Stage): void {
    this.#stage = stage
    clearTimeout(this.#timer)
    if (this.#done) return
    this.#timer = setTimeout(() => this.fail(new Error('Timed out')), this.#hop.connectTimeoutMs)
  }

  #explain(cause: unknown): ConnectFailure {
    const message = cause instanceof Error ? cause.message : ''
    if (/All configured authentication methods failed/.test(message)) {
      return { error: this.#login.failure(cause), again: 'never' }
    }
    if (this.#stage === 'login' && /closed by the server/.test(message) && this.#login.current) {
      const said = `${hopName(this.#hop)} hung up during the login, after it was offered ${this.#login.current.label}.`
      return { error: new HostError('authentication', said, { cause }), again: 'never' }
    }
    return connectFailure(cause, this.#hop, this.#stage)
  }
}
