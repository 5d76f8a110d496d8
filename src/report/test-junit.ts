import type { StepResult, TestResult } from '#model/test-result.ts'
import { writeWhole } from './write-whole.ts'
import { attributes, element, xmlText } from './xml.ts'

/** A JUnit report of tests: a suite for each scenario and Debian release, a case for each step. */
export const writeTestJunit = (file: string, results: readonly TestResult[]): Promise<void> =>
  writeWhole(file, testJunit(results))

export function testJunit(results: readonly TestResult[]): string {
  const suites = results.map(suiteText).join('\n')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes({ name: 'tsplay test' })}>\n${suites}\n</testsuites>\n`
}

function suiteText(result: TestResult): string {
  const { role, scenario, suite, steps, durationMs } = result
  const count = (verdict: StepResult['verdict']): number =>
    steps.filter((step) => step.verdict === verdict).length
  const counts = { tests: steps.length, failures: count('failed'), errors: 0, skipped: count('skipped') }
  const name = `${role}/${scenario} ${suite}`
  const cases = steps.map((step) => caseText(step, `${role}.${scenario}.${suite}`)).join('\n')
  return element('testsuite', { name, ...counts, time: seconds(durationMs) }, `\n${cases}\n`)
}

function caseText(result: StepResult, classname: string): string {
  return element('testcase', { name: result.step, classname, time: seconds(result.durationMs) }, body(result))
}

function body({ verdict, problems, remarks }: StepResult): string {
  if (verdict === 'skipped') return element('skipped', {})
  const notes = remarks.length > 0 ? element('system-out', {}, xmlText(remarks.join('\n'))) : ''
  if (verdict === 'passed') return notes
  const text = problems.map(({ title, details }) => [title, ...details].join('\n')).join('\n\n')
  return element('failure', { message: problems[0]?.title }, xmlText(text)) + notes
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3)
