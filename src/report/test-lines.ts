import { counted } from '#base/counted.ts'
import { printable } from '#base/display-width.ts'
import type { Terminal } from '#base/terminal.ts'
import type { StepResult, TestName, TestResult } from '#model/test-result.ts'
import { durationText } from './duration-text.ts'
import type { Style } from './style.ts'
import type { TestListener } from './test-listener.ts'
import { testTable } from './test-table.ts'

export interface TestLinesOptions {
  readonly style: Style
  readonly quiet: boolean
}

/** A line for each step as it ends, what is wrong below it, and a table of all tests at the end. */
export function testLines(terminal: Terminal, { style, quiet }: TestLinesOptions): TestListener {
  const { stdout } = terminal
  let width = 0
  const head = ({ role, scenario, suite }: TestName): string =>
    style.bold(`${role}/${scenario} ${suite}`.padEnd(width))
  return {
    begin(tests) {
      width = Math.max(
        ...tests.map(({ role, scenario, suite }) => role.length + scenario.length + suite.length + 2),
      )
    },
    progress(test, text) {
      if (!quiet) stdout.write(`${head(test)}  ${style.dim(`${text} …`)}\n`)
    },
    step(test, result) {
      if (quiet && result.verdict !== 'failed') return
      stdout.write(`${head(test)}  ${stepLine(result, style)}\n${findings(result, { style, quiet })}`)
    },
    result(result) {
      if (result.kept) stdout.write(keptText(result.kept, style))
    },
    async end(results) {
      if (!quiet && results.length > 0)
        stdout.write(`\n${testTable(results, style)}\n${lastLine(results, style)}\n`)
      await stdout.flush()
    },
  }
}

const stepWidth = 'agreement'.length

function stepLine({ step, verdict, durationMs, note }: StepResult, style: Style): string {
  const word = verdict === 'failed' ? style.red('FAILED') : style.green('ok    ')
  const time = step === 'agreement' ? '' : durationText(durationMs)
  return `${step.padEnd(stepWidth)}  ${word}  ${time.padStart(6)}  ${style.dim(note ?? '')}`.trimEnd()
}

/** What is unknown to a plan belongs to the result, and is too much to read for those who want failures only. */
function findings({ problems, remarks }: StepResult, { style, quiet }: TestLinesOptions): string {
  const wrong = problems.flatMap(({ title, details }) => [
    `    ${style.red(printable(title))}`,
    ...details.map((line) => `        ${printable(line)}`),
  ])
  const notes = quiet ? [] : remarks.map((remark) => `    ${style.dim(printable(remark))}`)
  return [...wrong, ...notes].map((line) => `${line}\n`).join('')
}

function keptText({ lab, inventory }: NonNullable<TestResult['kept']>, style: Style): string {
  const lines = [
    `Its hosts stay up: tsplay lab ssh --lab ${lab} HOST, or -i ${inventory}`,
    `Take them down with tsplay lab down --lab ${lab}`,
  ]
  return lines.map((line) => `    ${style.yellow(line)}\n`).join('')
}

function lastLine(results: readonly TestResult[], style: Style): string {
  const count = (verdict: TestResult['verdict']): number =>
    results.filter((result) => result.verdict === verdict).length
  const parts = [`${count('passed')} passed`]
  if (count('failed') > 0) parts.push(style.red(`${count('failed')} failed`))
  if (count('interrupted') > 0) parts.push(style.red(`${count('interrupted')} interrupted`))
  return `${counted(results.length, 'test')}: ${parts.join(', ')}.`
}
