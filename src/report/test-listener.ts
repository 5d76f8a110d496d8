import type { StepResult, TestName, TestResult } from '#model/test-result.ts'

/** Told of a set of tests while they run, several at a time. */
export interface TestListener {
  begin(tests: readonly TestName[]): void
  progress(test: TestName, text: string): void
  step(test: TestName, result: StepResult): void
  result(result: TestResult): void
  /** Once; settles when everything is written. A file that cannot be written is said, and stops nothing. */
  end(results: readonly TestResult[]): Promise<void>
}
