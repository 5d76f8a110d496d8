import type { Output } from '#base/terminal.ts'
import type { StepResult, TestName, TestResult } from '#model/test-result.ts'
import type { TestListener } from './test-listener.ts'

/** One object per line: each step as it ends, each test, and the sum as the last. */
export function testJson(output: Output): TestListener {
  const write = (line: Readonly<Record<string, unknown>>): void => output.write(`${JSON.stringify(line)}\n`)
  return {
    begin: () => undefined,
    progress: () => undefined,
    step: (test, result) => write({ type: 'step', ...nameOf(test), ...stepData(result) }),
    result: (result) =>
      write({
        type: 'test',
        ...nameOf(result),
        verdict: result.verdict,
        duration_ms: Math.round(result.durationMs),
        ...(result.kept && { kept: result.kept }),
      }),
    async end(results) {
      const count = (verdict: TestResult['verdict']) =>
        results.filter((result) => result.verdict === verdict).length
      const sum = { passed: count('passed'), failed: count('failed'), interrupted: count('interrupted') }
      write({ type: 'tests', ...sum })
      await output.flush()
    },
  }
}

const nameOf = ({ role, scenario, suite }: TestName) => ({ role, scenario, suite })

function stepData({ step, verdict, durationMs, note, problems, remarks }: StepResult) {
  return { step, verdict, duration_ms: Math.round(durationMs), note, problems, remarks }
}
