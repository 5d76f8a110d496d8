import type { StepResult, TestResult, TestStep } from '#model/test-result.ts'
import { durationText } from './duration-text.ts'
import type { Style } from './style.ts'
import { type Cell, tableText } from './table.ts'

/** How hosts went away is news only when they did not. */
const columns: readonly TestStep[] = ['create', 'prepare', 'plan', 'converge', 'agreement', 'again', 'verify']

/** All tests in one table: a row for each, a column for each step. */
export function testTable(results: readonly TestResult[], style: Style): string {
  const titles = ['TEST', 'SUITE', ...columns.map((step) => step.toUpperCase()), 'TIME', 'RESULT']
  const head = titles.map((text) => ({ text, paint: style.bold }))
  return tableText([head, ...results.map((result) => row(result, style))])
}

function row(result: TestResult, style: Style): Cell[] {
  const { role, scenario, suite, steps, durationMs, verdict } = result
  const cells = columns.map((column) =>
    stepCell(
      steps.find(({ step }) => step === column),
      style,
    ),
  )
  return [
    { text: `${role}/${scenario}` },
    { text: suite },
    ...cells,
    { text: durationText(durationMs) },
    { text: verdict, paint: verdict === 'passed' ? style.green : style.red },
  ]
}

function stepCell(result: StepResult | undefined, style: Style): Cell {
  if (result === undefined || result.verdict === 'skipped') return { text: '-', paint: style.dim }
  if (result.verdict === 'failed') return { text: 'FAILED', paint: style.red }
  if (result.step !== 'agreement') return { text: durationText(result.durationMs), paint: style.green }
  const unknown = result.remarks.length
  return { text: unknown > 0 ? `${unknown} unknown` : 'ok', paint: style.green }
}
