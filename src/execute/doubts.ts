import type { Expectation, Foreseen } from './foresight.ts'

type Doubtful = ReadonlyMap<string, { readonly answer: Promise<unknown>; readonly expects: Expectation }>

/**
 * Answers that another host may have made stale. What they are compared with is in the host's own shell, so a change may
 * be sent that is made only if they still hold: without asking again, and without believing them.
 */
export class Doubts {
  #noted = new Map<string, Expectation>()
  #doubtful: Doubtful = new Map()

  /** The shell has kept what this question's script says, just before it was asked. */
  note(id: string, expects: Expectation): void {
    this.#noted.set(id, expects)
  }

  /** From now on the answers are doubted, those as well that are still on their way. */
  arise(answerTo: (id: string) => Promise<unknown> | undefined): void {
    this.#doubtful = new Map(
      [...this.#noted].flatMap(([id, expects]) => {
        const answer = answerTo(id)
        return answer === undefined ? [] : [[id, { answer, expects }] as const]
      }),
    )
    this.#noted = new Map()
  }

  get isEmpty(): boolean {
    return this.#doubtful.size === 0
  }

  /** What is doubted now, once: the next task is the only one that it was noted for. */
  async take(): Promise<ReadonlyMap<string, Foreseen>> {
    const doubtful = [...this.#doubtful]
    this.#doubtful = new Map()
    const answers = await Promise.allSettled(doubtful.map(([, { answer }]) => answer))
    return new Map(
      doubtful.flatMap(([id, { expects }], i) => {
        const end = answers[i]
        return end?.status === 'fulfilled' ? [[id, { value: end.value, expects }] as const] : []
      }),
    )
  }
}
