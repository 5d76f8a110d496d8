import type { Resource } from '#model/change.ts'
import type { Become, Connection, FrameResult } from '#model/transport.ts'
import type { Fact, KeyedFact } from '#sdk/fact.ts'
import type { CommandResult, ReadHost, ReadOptions } from '#sdk/host.ts'
import { type Command, commandText } from '#sdk/quote.ts'
import type { Actor } from './actors.ts'
import type { FactStore } from './fact-store.ts'
import type { FrameQueue } from './frame-queue.ts'
import { heard } from './heard.ts'
import { everything } from './resources.ts'

/** What a reader works with: one host's queue and memory, and on whose behalf it asks. */
export interface ReaderSetting {
  readonly name: string
  readonly queue: FrameQueue
  readonly store: FactStore
  readonly connect: () => Promise<Connection>
  readonly actor: Actor
  readonly as: Become | undefined
  /** The task's `environment`, which commands that read see as well. */
  readonly env?: Readonly<Record<string, string>>
  /** Hears what was read, for check mode's "it depends on". */
  readonly onRead?: (reads: readonly Resource[]) => void
}

/** Tells the shells of one host apart; '' is the user who logged in. */
const userOf = (as: Become | undefined): string => (as ? `${as.method}:${as.user}` : '')

/** What tells a question from all others of its host. */
export const questionId = (as: Become | undefined, id: string): string => `${userOf(as)}\0${id}`

const keyedId = ({ name }: { readonly name: string }, key: string) => ({ id: `fact\0${name}\0${key}` })

/** Asks one host for one actor; answers come from the store when they are known. */
export class HostReader implements ReadHost {
  readonly name: string
  protected readonly setting: ReaderSetting
  protected readonly user: string

  constructor(setting: ReaderSetting) {
    this.name = setting.name
    this.setting = setting
    this.user = userOf(setting.as)
  }

  fact<T>(fact: Fact<T>): Promise<T>
  fact<T>(fact: KeyedFact<T>, key: string): Promise<T>
  fact<T>(fact: Fact<T> | KeyedFact<T>, key?: string): Promise<T> {
    if (fact.kind === 'fact') return this.#plainFact(fact)
    if (key === undefined) throw new TypeError(`The fact ${fact.name} needs a key.`)
    return this.#keyedFact(fact, key)
  }

  read(command: Command, options: ReadOptions = {}): Promise<CommandResult> {
    const script = commandText(command)
    const env = this.setting.env ?? {}
    return this.ask({
      id: `read\0${options.binary ? 'binary' : 'text'}\0${JSON.stringify(env)}\0${script}`,
      reads: options.reads ?? everything,
      // Somebody else's command: it is not run more often than it is asked for.
      repeats: false,
      frame: () => ({ script, env, ...binary(options.binary) }),
      answer: (output) => output,
    })
  }

  async *download(path: string): AsyncIterable<Uint8Array> {
    this.setting.onRead?.([{ kind: 'path', name: path }])
    const connection = await this.setting.connect()
    yield* connection.download({ path, ...this.acting() })
  }

  protected idOf({ id }: { readonly id: string }): string {
    return questionId(this.setting.as, id)
  }

  protected acting(): { as?: Become } {
    return this.setting.as ? { as: this.setting.as } : {}
  }

  #plainFact<T>(fact: Fact<T>): Promise<T> {
    return this.ask({
      id: `fact\0${fact.name}`,
      reads: fact.reads,
      repeats: fact.repeats !== false,
      frame: () => ({ script: fact.script, ...binary(fact.binary) }),
      answer: (output) => fact.parse(output),
    })
  }

  #keyedFact<T>(fact: KeyedFact<T>, key: string): Promise<T> {
    return this.ask({
      ...keyedId(fact, key),
      group: `fact\0${fact.name}`,
      key,
      reads: fact.reads(key),
      repeats: fact.repeats !== false,
      frame: (keys) => ({ script: fact.script(keys), ...binary(fact.binary) }),
      answer: (output, keys, i) => {
        const value = valueAt(parsedOnce(fact, output, keys), i, fact.name)
        if (fact.standsFor) this.setting.store.alias(fact.reads(key), fact.standsFor(value))
        return value
      },
    })
  }

  /** Notes what a question will be answered from now on; nothing, when that is not known. */
  protected learn<T>({ fact, key }: { fact: KeyedFact<T>; key: string }, value: T): void {
    if (value === undefined) return
    const answer = Promise.resolve(value)
    this.setting.store.remember(this.idOf(keyedId(fact, key)), this.user, { answer, reads: fact.reads(key) })
  }

  /** From the store, or with the next flight. */
  protected ask<T>(question: Question<T>): Promise<T> {
    const { store, queue, actor } = this.setting
    this.setting.onRead?.(question.reads)
    const id = this.idOf(question)
    const known = store.get(id)
    // The store is keyed by the question, so the answer has the question's type.
    if (known !== undefined) return heard(this.#awaited(known)) as Promise<T>
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    store.remember(id, this.user, { answer: promise, reads: question.reads })
    queue.add({
      actor,
      kind: 'read',
      concerns: store.namesOf(question.reads),
      group: questionId(this.setting.as, question.group ?? question.id),
      ...(question.key === undefined ? {} : { key: question.key }),
      frame: (keys) => ({ ...question.frame(keys), ...this.acting() }),
      arrived: (result, keys, i) => settle({ resolve, reject }, () => question.answer(result, keys, i)),
      failed: reject,
      left: (flight) => store.departed(id, flight),
    })
    return heard(promise.finally(() => actor.goesOn()))
  }

  /** Waiting for an answer that another actor asked for is waiting as well. */
  async #awaited(known: Promise<unknown>): Promise<unknown> {
    const { actor } = this.setting
    actor.waits()
    try {
      return await known
    } finally {
      actor.goesOn()
    }
  }
}

export interface Question<T> {
  readonly id: string
  /** Questions of one group leave as one frame; without one, alone. */
  readonly group?: string
  readonly key?: string
  readonly reads: readonly Resource[]
  /** True when the same state of the host gives the same output again. */
  readonly repeats: boolean
  frame(keys: readonly string[]): { script: string; binary?: boolean; env?: Readonly<Record<string, string>> }
  answer(output: FrameResult, keys: readonly string[], index: number): T
}

function settle<T>(
  promise: { resolve: (value: T) => void; reject: (reason: unknown) => void },
  value: () => T,
): void {
  try {
    promise.resolve(value())
  } catch (error) {
    promise.reject(error)
  }
}

const parsed = new WeakMap<FrameResult, readonly unknown[]>()

/** One frame's output belongs to one fact: it is parsed once for all its keys. */
function parsedOnce<T>(fact: KeyedFact<T>, output: FrameResult, keys: readonly string[]): readonly T[] {
  const known = parsed.get(output)
  // Only this function fills the map, with the values of the fact that the frame was built from.
  if (known) return known as readonly T[]
  const values = fact.parse(output, keys)
  parsed.set(output, values)
  return values
}

function valueAt<T>(values: readonly T[], i: number, name: string): T {
  const value = values[i]
  if (i >= values.length) throw new Error(`The fact ${name} gave ${values.length} values, and none for ${i}.`)
  return value as T
}

const binary = (wanted: boolean | undefined): { binary?: boolean } => (wanted ? { binary: true } : {})
