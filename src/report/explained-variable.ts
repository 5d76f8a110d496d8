import { displayWidth, padEnd } from '#base/display-width.ts'
import type { Style } from './style.ts'
import { valueText } from './value-text.ts'

/** One place that sets a variable. */
export interface Setting {
  /** Where it comes from, for a person: `host_vars of the inventory`. */
  readonly origin: string
  /** `file:line`, when it is written in a file. */
  readonly place?: string | undefined
  readonly value: unknown
}

export interface ExplainedVariable {
  readonly host: string
  readonly name: string
  /** Strongest first. */
  readonly settings: readonly Setting[]
}

/** Which place a variable has its value from, and which ones that overrides, for `tsplay inventory --explain`. */
export function explainedVariableText({ host, name, settings }: ExplainedVariable, style: Style): string {
  const [winner, ...overridden] = settings
  if (winner === undefined) return `${style.bold(name)} is not set for ${host}.\n`
  const place = (setting: Setting): string => setting.place ?? setting.origin
  const width = Math.max(...settings.map((setting) => displayWidth(place(setting))))
  const line = (setting: Setting, paint: (text: string) => string): string => {
    const origin = setting.place === undefined ? '' : style.dim(`  (${setting.origin})`)
    return `${paint(padEnd(place(setting), width))}  ${paint(valueText(setting.value))}${origin}`
  }
  return `${[
    `${style.bold(name)} for ${style.bold(host)}`,
    `  ${line(winner, style.green)}`,
    ...overridden.map((setting) => `  ${line(setting, style.dim)}${style.dim('  overridden')}`),
  ].join('\n')}\n`
}
