import type { Terminal } from '#base/terminal.ts'
import type { ReportOptions } from './report-options.ts'
import { createStyle } from './style.ts'
import { testJson } from './test-json.ts'
import { writeTestJunit } from './test-junit.ts'
import { testLines } from './test-lines.ts'
import type { TestListener } from './test-listener.ts'

/** The report that a command line asks for: lines and a table, or JSON, and JUnit files besides. */
export function testReport(
  { format, quiet, junitFiles }: Pick<ReportOptions, 'format' | 'quiet' | 'junitFiles'>,
  terminal: Terminal,
): TestListener {
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
