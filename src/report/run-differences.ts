import { counted } from '#base/counted.ts'
import { printable } from '#base/display-width.ts'
import type { Status } from '#model/event.ts'
import type { Style } from './style.ts'
import { valueText } from './value-text.ts'

/** What one side of a comparison came to. */
export interface ComparedResult {
  readonly status: Status
  readonly changes: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[]
  readonly msg?: string
}

export interface ComparedRuns {
  /** Ids of the runs. */
  readonly first: string
  readonly second: string
  readonly differences: readonly {
    readonly host: string
    readonly play: string
    readonly task: string
    readonly first: ComparedResult | undefined
    readonly second: ComparedResult | undefined
  }[]
}

/** Two runs compared: per host and task what each came to. */
export function runDifferencesText({ first, second, differences }: ComparedRuns, style: Style): string {
  if (differences.length === 0) return `${first} and ${second} came to the same.\n`
  const blocks = differences.map(({ host, play, task, ...sides }) => [
    `${style.bold(host)}  ${printable(play)}: ${printable(task)}`,
    ...sideLines('-', sides.first).map(style.red),
    ...sideLines('+', sides.second).map(style.green),
  ])
  const heading = [style.red(`- ${first}`), style.green(`+ ${second}`), '']
  const last = `\n${counted(differences.length, 'difference')}.\n`
  return [...heading, ...blocks.map((lines) => lines.join('\n'))].join('\n') + last
}

function sideLines(sign: string, result: ComparedResult | undefined): string[] {
  if (result === undefined) return [`  ${sign} not run`]
  const msg = result.msg === undefined ? '' : `: ${valueText(result.msg)}`
  const fields = result.changes.map(
    ({ field, before, after }) => `  ${sign}   ${field}: ${valueText(before)} → ${valueText(after)}`,
  )
  return [`  ${sign} ${result.status}${msg}`, ...fields]
}
