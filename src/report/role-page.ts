import type { ArgumentRow } from './argument-rows.ts'
import { argumentLines } from './module-page.ts'
import type { Style } from './style.ts'

/** A role as its page shows it. */
export interface RolePage {
  readonly name: string
  /** One sentence, without its full stop. */
  readonly summary: string
  /** Paragraphs in Markdown; empty when nobody wrote any. */
  readonly description: string
  readonly args: readonly ArgumentRow[]
  /** Its test scenarios. */
  readonly scenarios: readonly { readonly name: string; readonly description: string }[]
}

/** The page of `tsplay doc --role <name>`. */
export function rolePageText(
  { name, summary, description, args, scenarios }: RolePage,
  style: Style,
): string {
  const sections = [
    `${style.bold(name)}  ${summary}`,
    description,
    args.length === 0
      ? 'It takes no arguments.'
      : [style.bold('Arguments'), ...args.flatMap((arg) => argumentLines(arg, style))].join('\n'),
    scenarios.length === 0
      ? ''
      : [style.bold(`Tests (tsplay test ${name})`), ...scenarios.map(scenarioLine)].join('\n'),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

const scenarioLine = ({ name, description }: RolePage['scenarios'][number]): string =>
  `  ${name}${description === '' ? '' : `: ${description}`}`
