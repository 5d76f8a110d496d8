import type { Terminal } from '#base/terminal.ts'
import type { StepResult, TestName, TestResult } from '#model/test-result.ts'
import type { ReportOptions } from './report-options.ts'
import { createStyle } from './style.ts'
import { testJson } from './test-json.ts'
import { writeTestJunit } from './test-junit.ts'
import { testLines } from './test-lines.ts'

/** Told of a set of tests while they run, several at a time. */
export interface TestReport {
  begin(tests: readonly TestName[]): void
  progress(test: TestName, text: string): void
  step(test: TestName, result: StepResult): void
  result(result: TestResult): void
  /** Once; settles when everything is written. A file that cannot be written is said, and stops nothing. */
  end(results: readonly TestResult[]): Promise<void>
}

/** The report that a command line asks for: lines and a table, or JSON, and JUnit files besides. */
export function testReport(
  { format, quiet, junitFiles }: Pick<ReportOptions, 'format' | 'quiet' | 'junitFiles'>,
  terminal: Terminal,
): TestReport {
  const style = createStyle(terminal.color)
  const shown = format === 'json' ? testJson(terminal.stdout) : testLines(terminal, { style, quiet })
  return {
    ...shown,
    async end(results) {
      await shown.end(results)
      for (const file of junitFiles) {
        await writeTestJunit(file, results).catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error)
          terminal.notice(`A report stopped: ${reason}`)
        })
      }
    },
  }
}
