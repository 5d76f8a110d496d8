import type { Task } from '#model/program.ts'

/** What was sent behind a change: how many tasks, and which of them need no more questions. */
export interface SentAhead {
  readonly count: number
  readonly settled: readonly Task[]
}
