import { randomBytes } from 'node:crypto'
import type { Resource } from '#model/change.ts'
import { HostError } from '#model/host-error.ts'
import type { Become, ChainLink, Connection } from '#model/transport.ts'
import type { Actor } from './actors.ts'
import { Doubts } from './doubts.ts'
import { FactStore } from './fact-store.ts'
import { ForesightReader } from './foresight-reader.ts'
import { FrameQueue } from './frame-queue.ts'
import { HostReader, questionId, type ReaderSetting } from './host-reader.ts'
import { type Detachment, HostWriter } from './host-writer.ts'
import { inTurn } from './in-turn.ts'
import { NotingReader } from './noting-reader.ts'

export interface ReadingAs {
  readonly as: Become | undefined
  readonly env?: Readonly<Record<string, string>>
  readonly onRead?: (reads: readonly Resource[]) => void
}

export type ForeseeingAs = ConstructorParameters<typeof ForesightReader>[1]

async function asActor<T>(actor: Actor, work: (actor: Actor) => Promise<T> | T): Promise<T> {
  try {
    return await work(actor)
  } finally {
    actor.ends()
  }
}

/** Somebody who never waits. */
const idle: Actor = { waits: () => undefined, goesOn: () => undefined, ends: () => undefined }

export interface WritingAs extends ReadingAs {
  readonly touches: readonly Resource[]
  readonly timeoutMs?: number
  readonly onOutput?: (text: string) => void
  readonly onBytes?: (done: number, total: number | undefined) => void
  readonly detached?: Detachment
  readonly wrap?: (script: string) => string
  readonly chain?: ChainLink
}

/** One host during a run: its connection (opened on first use), what is known about it, and its queue. */
export class HostSession {
  readonly name: string
  readonly store = new FactStore()
  readonly doubts = new Doubts()
  readonly #queue: FrameQueue
  readonly #open: () => Promise<Connection>
  #connection: Promise<Connection> | undefined
  #earlierFlights = 0
  #notes = 0
  #isOver = false

  constructor(name: string, open: () => Promise<Connection>) {
    this.name = name
    this.#open = open
    this.#queue = new FrameQueue(() => this.connect())
  }

  /** The connection, opened once; a failed attempt may be made again. */
  connect(): Promise<Connection> {
    if (this.#isOver) return Promise.reject(new HostError('unreachable', 'The run has ended.'))
    if (this.#connection) return this.#connection
    const connection = this.#open()
    this.#connection = connection
    connection.catch(() => {
      if (this.#connection === connection) this.#connection = undefined
    })
    return connection
  }

  /** Runs something that asks this host; questions of all who run at a time leave together. */
  asActor<T>(work: (actor: Actor) => Promise<T> | T): Promise<T> {
    return asActor(this.#queue.actors.begin(), work)
  }

  /** The same for something that has to think first: what others ask waits for it. */
  whilePlanning(work: () => Promise<void>): Promise<void> {
    return asActor(this.#queue.actors.beginPlanning(), work)
  }

  reader(actor: Actor, reading: ReadingAs): HostReader {
    return new HostReader(this.#setting(actor, reading))
  }

  /** The same, for what another host may soon make stale: see `Doubts`. */
  notingReader(actor: Actor, reading: ReadingAs): HostReader {
    const newName = () => {
      this.#notes += 1
      return `_d${this.#notes}`
    }
    return new NotingReader(this.#setting(actor, reading), { doubts: this.doubts, newName })
  }

  /** Answers from what is foreseen, and asks nothing. */
  foresightReader(reading: ReadingAs, foreseeing: ForeseeingAs): ForesightReader {
    return new ForesightReader(this.#setting(idle, reading), foreseeing)
  }

  /** What tells a question of this acting user from all others. */
  questionId(as: Become | undefined, fact: { readonly name: string }, key: string): string {
    return questionId(as, `fact\0${fact.name}\0${key}`)
  }

  /** Has a shell keep what a script says now, for guards of frames that leave with it or later. */
  note(actor: Actor, { name, script }: { name: string; script: string }, as: Become | undefined): void {
    this.#queue.add({
      actor,
      kind: 'note',
      concerns: [],
      group: `note\0${name}\0${randomBytes(6).toString('hex')}`,
      frame: () => ({ script, keepAs: name, ...(as ? { as } : {}) }),
      arrived: () => actor.goesOn(),
      failed: () => actor.goesOn(),
    })
  }

  /** The first frame of a chain, where the change that others shall follow did not travel as one. */
  beginChain(actor: Actor, id: string, as: Become | undefined): void {
    this.#queue.add({
      actor,
      kind: 'write',
      concerns: [],
      group: `chain\0${id}`,
      frame: () => ({ script: ':', chain: { id, position: 0 }, ...(as ? { as } : {}) }),
      arrived: () => actor.goesOn(),
      failed: () => actor.goesOn(),
    })
  }

  writer(actor: Actor, writing: WritingAs): HostWriter {
    return new HostWriter({
      ...this.#setting(actor, writing),
      touches: writing.touches,
      ...(writing.timeoutMs === undefined ? {} : { timeoutMs: writing.timeoutMs }),
      ...(writing.onOutput ? { onOutput: writing.onOutput } : {}),
      ...(writing.onBytes ? { onBytes: writing.onBytes } : {}),
      ...(writing.detached ? { detached: writing.detached } : {}),
      ...(writing.wrap ? { wrap: writing.wrap } : {}),
      ...(writing.chain ? { chain: writing.chain } : {}),
      unique: () => randomBytes(6).toString('hex'),
      now: () => new Date(),
      reset: () => this.reset(),
      reconnect: () => this.reconnect(),
      reconnectLater: () => this.disconnect(),
    })
  }

  /** Drops the connection (the host went away or rebooted) and everything known; the next use connects anew. */
  async disconnect(): Promise<void> {
    this.store.forget([{ kind: 'everything' }])
    await this.#leave()
  }

  async #leave(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    const open = await connection?.catch(() => undefined)
    if (!open) return
    this.#earlierFlights += open.count.flights
    await inTurn(() => open.close())
  }

  /** Ends it for good: a question that readahead asks late finds no connection, and opens none. */
  close(): Promise<void> {
    this.#isOver = true
    return this.#leave()
  }

  async reset(): Promise<void> {
    const connection = await this.connect()
    await connection.reset()
    this.store.forget([{ kind: 'everything' }])
  }

  /** Opens a new connection beside the present one and makes it the one in use. */
  async reconnect(): Promise<void> {
    const fresh = await this.#open()
    await this.disconnect()
    this.#connection = Promise.resolve(fresh)
  }

  async flights(): Promise<number> {
    const open = await this.#connection?.catch(() => undefined)
    return this.#earlierFlights + (open?.count.flights ?? 0)
  }

  #setting(actor: Actor, reading: ReadingAs): ReaderSetting {
    return {
      name: this.name,
      queue: this.#queue,
      store: this.store,
      connect: () => this.connect(),
      actor,
      as: reading.as,
      ...(reading.env ? { env: reading.env } : {}),
      ...(reading.onRead ? { onRead: reading.onRead } : {}),
    }
  }
}
