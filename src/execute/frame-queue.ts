import type { Connection, Frame, FrameResult } from '#model/transport.ts'
import { type Actor, Actors } from './actors.ts'

/** One thing to be sent. Departures of one `group` leave as one frame, built from all their keys. */
export interface Departure {
  readonly actor: Actor
  readonly kind: 'write' | 'read'
  readonly group: string
  readonly key?: string
  /** Called for the first of a group only. */
  frame(keys: readonly string[]): Frame
  /** `index` is the place of this departure's key in `keys`. */
  arrived(result: FrameResult, keys: readonly string[], index: number): void
  failed(error: unknown): void
  /** Called when it leaves, with the flight's number. */
  left?(flight: number): void
}

/**
 * Collects what the actors of one host want to send and lets it leave as one flight, as soon as none of them
 * can go on without an answer. Within a flight, writes go before reads.
 */
export class FrameQueue {
  readonly actors: Actors
  readonly #connect: () => Promise<Connection>
  #waiting: Departure[] = []
  #flight = 0

  constructor(connect: () => Promise<Connection>) {
    this.#connect = connect
    this.actors = new Actors(() => this.#leave())
  }

  /** How many flights have left. */
  get flights(): number {
    return this.#flight
  }

  add(departure: Departure): void {
    this.#waiting.push(departure)
    departure.actor.waits()
  }

  #leave(): void {
    if (this.#waiting.length === 0) return
    const leaving = this.#waiting
    this.#waiting = []
    this.#flight += 1
    for (const departure of leaving) departure.left?.(this.#flight)
    const groups = grouped(leaving)
    const answers = this.#connect().then((connection) =>
      connection.send(groups.map(([first, ...others]) => first.frame(keysOf([first, ...others])))),
    )
    answers.then(
      (results) => deliverAll(groups, results),
      (error) => failAll(leaving, error),
    )
  }
}

type Group = readonly [Departure, ...Departure[]]

function grouped(leaving: readonly Departure[]): readonly Group[] {
  const groups = new Map<string, [Departure, ...Departure[]]>()
  const writes = leaving.filter(({ kind }) => kind === 'write')
  const reads = leaving.filter(({ kind }) => kind === 'read')
  for (const departure of [...writes, ...reads]) {
    const group = groups.get(departure.group)
    if (group) group.push(departure)
    else groups.set(departure.group, [departure])
  }
  return [...groups.values()]
}

/**
 * Writes are heard of at once. Answers wait for each other, so that the questions they lead to leave as one flight
 * as well; the shell would run those after the slowest of these anyway.
 */
function deliverAll(groups: readonly Group[], results: readonly Promise<FrameResult>[]): void {
  const reads = results.filter((_, i) => groups[i]?.[0].kind === 'read')
  const allRead = Promise.allSettled(reads)
  groups.forEach((group, i) => {
    const answer = group[0].kind === 'write' ? results[i] : allRead.then(() => results[i])
    void deliver(group, answer)
  })
}

const keysOf = (group: Group): readonly string[] => group.flatMap(({ key }) => key ?? [])

async function deliver(group: Group, answer: Promise<FrameResult | undefined> | undefined): Promise<void> {
  try {
    const result = await answer
    if (!result) throw new Error('A connection gave fewer answers than it was sent frames.')
    const keys = keysOf(group)
    group.forEach((departure, i) => {
      departure.arrived(result, keys, i)
    })
  } catch (error) {
    failAll(group, error)
  }
}

function failAll(departures: readonly Departure[], error: unknown): void {
  for (const departure of departures) departure.failed(error)
}
