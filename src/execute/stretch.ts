import type { Task } from '#model/program.ts'
import type { Become } from '#model/transport.ts'
import type { ForetellingBelow } from '#sdk/module.ts'
import type { Actor } from './actors.ts'
import type { AheadRun } from './ahead-run.ts'
import type { ForeseenCall } from './foreseen-call.ts'
import type { Expectation, Foresight, TellingBelow } from './foresight.ts'
import type { ForesightReader } from './foresight-reader.ts'
import { heard } from './heard.ts'
import { NotAhead } from './host-writer.ts'
import {
  apply,
  type FirstWrite,
  type ModuleCall,
  type ModuleOutcome,
  mustSettle,
  outcomeOf,
  type Planned,
  secondPlan,
  writerFor,
} from './run-module.ts'

interface Member {
  readonly task: Task
  readonly run: AheadRun
  /** It was planned on answers that the host has to confirm. */
  readonly isGuess: boolean
}

/** Calls held until the next write shows that they were planned rightly. */
interface Held {
  readonly foreseen: ForeseenCall
  readonly outcome: ModuleOutcome
  readonly isGuess: boolean
}

interface Sent {
  /** False when it could not go with the others, and was not sent. */
  readonly isQueued: Promise<boolean>
  readonly ran: Promise<boolean>
  readonly outcome: Promise<ModuleOutcome | undefined>
}

/** A row of calls, begun one behind the other in one chain of frames. */
export class Stretch {
  /** Names under which tasks on their way will register something. */
  readonly pending = new Set<string>()
  #first: ModuleCall | undefined
  readonly #chainId: string
  readonly #foresight: Foresight
  readonly #members: Member[] = []
  #held: Held[] = []
  /** What the calls since the last write rest on, for the next one to check. */
  #expectations = new Set<Expectation>()
  readonly #noted = new Set<string>()
  #position = 0
  /** False when the change that the first one follows did not travel as a frame. */
  #hasBegun: boolean

  /** `first`: the change that the others follow; undefined when it shall be the row's own. */
  constructor(first: FirstWrite | undefined, chainId: string, foresight: Foresight) {
    this.#first = first?.call
    this.#chainId = chainId
    this.#foresight = foresight
    this.#hasBegun = first?.sent === 'frame'
  }

  runs(): readonly AheadRun[] {
    return this.#members.map(({ run }) => run)
  }

  /** The tasks at its beginning that will surely not have to ask again if nothing fails. */
  settled(): readonly Task[] {
    const guess = this.#members.findIndex(({ isGuess }) => isGuess)
    return (guess < 0 ? this.#members : this.#members.slice(0, guess)).map(({ task }) => task)
  }

  /** Whether a call goes the same way as the first: the same shell, and nothing that its own time decides. */
  fits(call: ModuleCall): boolean {
    const { session, as, mode, detached, guard, timeoutMs } = call
    this.#first ??= call
    const first = this.#first
    if (session !== first.session || mode !== first.mode) return false
    if (detached || guard || timeoutMs !== undefined) return false
    return isSameUser(as, first.as)
  }

  readerFor({ session, as, env, module }: ModuleCall): ForesightReader {
    return session.foresightReader(
      { as, env },
      { foresight: this.#foresight, takesForetold: module.foretells !== undefined },
    )
  }

  /** The condition of a task is false, whatever becomes of those on their way. */
  skip(task: Task): void {
    if (task.register !== undefined) this.pending.add(task.register)
  }

  /** Keeps the result of a call that changes nothing; false when it does something else. */
  hold(foreseen: ForeseenCall): boolean {
    const { call, planned, reader, task } = foreseen
    const { args, mode, module } = call
    const { state, changes } = planned
    const result = module.result?.({ args, state, changes, applied: undefined, mode }) ?? {}
    if (result.failed || result.effects) return false
    this.#expect(reader)
    const outcome = { changes, result, unsettled: [], reads: [], touched: [] }
    this.#held.push({ foreseen, outcome, isGuess: this.#expectations.size > 0 })
    if (task.register !== undefined) this.pending.add(task.register)
    return true
  }

  /** Sends the change of a call behind the others; false when it cannot go with them. */
  async send(foreseen: ForeseenCall): Promise<boolean> {
    const { key, call, planned, reader, task, taskName, relay } = foreseen
    this.#expect(reader)
    const isGuess = this.#expectations.size > 0
    const sent = this.#write(call, planned)
    if (!(await sent.isQueued)) return false
    for (const held of this.#held) this.#members.push(kept(held, sent.ran))
    this.#held = []
    this.#expectations = new Set()
    const run = {
      key,
      taskName,
      call,
      outcome: heard(sent.outcome),
      attach: relay.attach.bind(relay),
    }
    this.#members.push({ task, run, isGuess })
    await this.follow(task, call, planned)
    return true
  }

  /** What comes next is planned on what this change leaves behind. */
  async follow(task: Task, call: ModuleCall, { state, changes, touched }: Planned): Promise<void> {
    const { module, args, session, as } = call
    if (task.register !== undefined) this.pending.add(task.register)
    const foretelling = await module.foretells?.({ args, state, changes })
    const tellings = (foretelling?.answers ?? []).map(({ fact, key, value }) => ({
      id: session.questionId(as, fact, key),
      value,
      reads: fact.reads(key),
    }))
    this.#foresight.wrote(touched, tellings, foretelling?.check.text ?? '')
    const below = module.foretellsBelow?.({ args, state, changes })
    if (below) this.#foresight.foretellBelow(tellingsBelow(below, session, as))
  }

  #expect({ expectations }: ForesightReader): void {
    for (const one of expectations) this.#expectations.add(one)
  }

  #note(actor: Actor, { session, as }: ModuleCall): void {
    if (!this.#hasBegun) session.beginChain(actor, this.#chainId, as)
    this.#hasBegun = true
    for (const { note } of this.#expectations) {
      if (!note || this.#noted.has(note.name)) continue
      this.#noted.add(note.name)
      session.note(actor, note, as)
    }
  }

  #write(call: ModuleCall, planned: Planned): Sent {
    const isQueued = Promise.withResolvers<boolean>()
    const ran = Promise.withResolvers<boolean>()
    this.#position += 1
    const checks = new Set([...this.#expectations].map(({ check }) => check))
    const guard = [...checks].map((check) => `{ ${check}\n}`).join(' &&\n')
    const chain = { id: this.#chainId, position: this.#position, ...(guard === '' ? {} : { guard }) }
    const outcome = call.session.asActor(async (actor) => {
      this.#note(actor, call)
      const writer = writerFor(call, actor, { touches: planned.touched, chain })
      const applying = heard(apply(call, planned, writer).finally(() => writer.finish()))
      await writer.begun
      const isSent = writer.sent === 'frame'
      isQueued.resolve(isSent)
      ran.resolve(writer.ran)
      const settling = isSent && mustSettle(call) ? heard(secondPlan(call)) : []
      return unlessNotRun(async () =>
        outcomeOf(call, planned, { applied: await applying, unsettled: await settling }),
      )
    })
    return { isQueued: isQueued.promise, ran: ran.promise, outcome }
  }
}

function tellingsBelow(
  { folder, answers, check }: ForetellingBelow,
  session: ModuleCall['session'],
  as: Become | undefined,
): readonly TellingBelow[] {
  return answers.map(({ fact, key, value }) => ({
    idBefore: session.questionId(as, fact, key('')),
    folder,
    value,
    check: (path) => check(path).text,
  }))
}

/** The same shell of a connection. */
const isSameUser = (a: Become | undefined, b: Become | undefined): boolean =>
  (['user', 'method', 'executable', 'flags'] as const).every((part) => a?.[part] === b?.[part])

async function unlessNotRun(work: () => Promise<ModuleOutcome>): Promise<ModuleOutcome | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NotAhead) return undefined
    throw error
  }
}

function kept({ foreseen, outcome, isGuess }: Held, nextRan: Promise<boolean>): Member {
  const { key, task, taskName, call, relay } = foreseen
  // The next write checks what this rests on before it runs; how it ends is its own affair.
  const confirmed = nextRan.then((ran) => (ran ? outcome : undefined))
  const run = {
    key,
    taskName,
    call,
    outcome: isGuess ? confirmed : Promise.resolve(outcome),
    attach: relay.attach.bind(relay),
  }
  return { task, run, isGuess }
}
