/** What is done with one scenario, in this order. */
export const testSteps = [
  'create',
  'prepare',
  'plan',
  'converge',
  'agreement',
  'again',
  'verify',
  'destroy',
] as const

export type TestStep = (typeof testSteps)[number]

/** Something a test found, complete in itself. */
export interface TestProblem {
  /** One line: on which host, which task, what is wrong. */
  readonly title: string
  /** Below it: where the task stands, output, changes. */
  readonly details: readonly string[]
}

/** What became of one step. `skipped`: an earlier step failed, or the scenario has nothing for it. */
export interface StepResult {
  readonly step: TestStep
  readonly verdict: 'passed' | 'failed' | 'skipped'
  readonly durationMs: number
  /** What a person may want to know although nothing is wrong: `7 changed`. */
  readonly note?: string
  readonly problems: readonly TestProblem[]
  /** Not wrong, yet worth reading: what a plan could not know. */
  readonly remarks: readonly string[]
}

/** One scenario on one Debian release. */
export interface TestName {
  readonly role: string
  readonly scenario: string
  readonly suite: string
}

export interface TestResult extends TestName {
  readonly verdict: 'passed' | 'failed' | 'interrupted'
  readonly steps: readonly StepResult[]
  readonly durationMs: number
  /** The lab that was left standing, with `--keep`. */
  readonly kept?: { readonly lab: string; readonly inventory: string }
}
