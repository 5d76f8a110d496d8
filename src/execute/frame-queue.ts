import type { Resource } from '#model/change.ts'
import type { Connection, Frame, FrameResult } from '#model/transport.ts'
import { type Actor, Actors } from './actors.ts'
import { inSlots } from './flight-order.ts'
import { inTurn } from './in-turn.ts'

/** One thing to be sent. Departures of one `group` leave as one frame, built from all their keys. */
export interface Departure {
  readonly actor: Actor
  /** `note`: the shell keeps an answer before anything of this flight is written. */
  readonly kind: 'note' | 'write' | 'read'
  /** What a read reads; what a write may alter. */
  readonly concerns: readonly Resource[]
  /** The write belongs to a later task than the first one of its flight: reads that came before it stay before it. */
  readonly ahead?: boolean
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
 * can go on without an answer. Within a flight, writes go before reads; `inSlots` says which reads go before which.
 */
export class FrameQueue {
  readonly actors: Actors
  readonly #connect: () => Promise<Connection>
  #waiting: Departure[] = []
  /** For the next flight: the host gets ready while its questions are still thought of. */
  #connecting: Promise<Connection> | undefined
  #flight = 0
  /** Flights leave in order, whoever of them has to wait for its turn. */
  #sent = Promise.resolve()

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
    if (!this.#connecting) {
      this.#connecting = this.#connect()
      // The flight that leaves next hears of it.
      this.#connecting.catch(() => undefined)
    }
    departure.actor.waits()
  }

  #leave(): void {
    if (this.#waiting.length === 0) return
    const leaving = this.#waiting
    const connecting = this.#connecting ?? this.#connect()
    this.#waiting = []
    this.#connecting = undefined
    this.#flight += 1
    for (const departure of leaving) departure.left?.(this.#flight)
    const sent = Promise.all([connecting, this.#sent]).then(([connection]) =>
      inTurn(() => send(connection, leaving)),
    )
    this.#sent = sent.then(
      ({ groups, results }) => deliverAll(groups, results, this.actors),
      (error) => failAll(leaving, error),
    )
  }
}

function send(connection: Connection, leaving: readonly Departure[]) {
  const groups = grouped(leaving)
  return { groups, results: connection.send(groups.map(({ group }) => group[0].frame(keysOf(group)))) }
}

type Group = readonly [Departure, ...Departure[]]

interface Slotted {
  readonly slot: number
  readonly group: Group
}

/** Reads of one group and slot leave as one frame. */
function grouped(leaving: readonly Departure[]): readonly Slotted[] {
  return inSlots(leaving).flatMap((departures, slot) => {
    const groups = new Map<string, [Departure, ...Departure[]]>()
    for (const departure of departures) {
      const group = groups.get(departure.group)
      if (group) group.push(departure)
      else groups.set(departure.group, [departure])
    }
    return [...groups.values()].map((group) => ({ slot, group }))
  })
}

/**
 * Writes are heard of at once. Answers of one slot wait for each other, so that the questions they lead to leave as
 * one flight as well; the shell would run those after the slowest of these anyway.
 */
function deliverAll(
  slotted: readonly Slotted[],
  results: readonly Promise<FrameResult>[],
  actors: Actors,
): void {
  const arrivals = slotted.map(({ slot, group }, i) => ({ slot, group, result: results[i] }))
  const reads = arrivals.filter(({ group }) => group[0].kind === 'read')
  const slots = Map.groupBy(reads, ({ slot }) => slot)
  const allRead = new Map(
    [...slots].map(([slot, some]) => [
      slot,
      settled(
        some.map(({ result }) => result),
        actors,
      ),
    ]),
  )
  for (const { slot, group, result } of arrivals) {
    const waits = group[0].kind === 'read' ? allRead.get(slot) : undefined
    void deliver(group, waits ? waits.then(() => result) : result)
  }
}

/** What they lead to is done by one host after the other; until its turn has come, its next flight waits. */
async function settled(results: readonly unknown[], actors: Actors): Promise<void> {
  await Promise.allSettled(results)
  const actor = actors.begin()
  await inTurn(() => actor.ends())
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
