import { padEnd } from '#base/display-width.ts'
import { type ArgumentRow, argumentRows } from './argument-rows.ts'
import type { Style } from './style.ts'

/** A module as its page shows it. `args` is its JSON Schema. */
export interface ModulePage {
  readonly name: string
  readonly summary: string
  readonly description?: string | undefined
  readonly aliases?: readonly string[] | undefined
  readonly args: unknown
  /** Each a task in YAML. */
  readonly examples: readonly { readonly title: string; readonly yaml: string }[]
  readonly freeForm?: string | undefined
  readonly argumentAliases?: Readonly<Record<string, string>> | undefined
  /** False for modules that act on each call. */
  readonly settles?: boolean | undefined
}

/** Something with a name and a sentence: a module in the list of all, or a function. */
export interface Listed {
  readonly name: string
  readonly summary: string
}

/** Names in one column, sentences in the other. */
export function listText(rows: readonly Listed[], style: Style): string {
  const width = Math.max(0, ...rows.map(({ name }) => name.length))
  return rows.map(({ name, summary }) => `${style.bold(padEnd(name, width))}  ${summary}\n`).join('')
}

/** The page of `tsplay doc <module>`. */
export function modulePageText(page: ModulePage, style: Style): string {
  const args = argumentRows(page)
  const sections = [
    `${style.bold(page.name)}  ${page.summary}${aliasText(page)}`,
    page.description?.trim(),
    page.settles === false
      ? 'It acts on each call; guard it, or say with `changed_when` what counts as a change.'
      : undefined,
    args.length === 0
      ? 'It takes no arguments.'
      : [style.bold('Arguments'), ...args.flatMap((arg) => argumentLines(arg, style))].join('\n'),
    page.examples.length === 0 ? undefined : exampleText(page, style),
  ]
  return `${sections.filter((section) => section !== undefined).join('\n\n')}\n`
}

function aliasText({ aliases = [] }: ModulePage): string {
  return aliases.length === 0 ? '' : `\nAlso known as ${aliases.join(', ')}.`
}

export function argumentLines(row: ArgumentRow, style: Style): string[] {
  const notes = row.notes.length === 0 ? '' : `; ${row.notes.join('; ')}`
  return [
    `  ${style.cyan(row.name)}  ${style.dim(`${row.type}${notes}`)}`,
    ...(row.description === '' ? [] : row.description.split('\n').map((line) => `      ${line}`)),
    ...row.inner.flatMap((inner) => argumentLines(inner, style)).map((line) => `    ${line}`),
  ]
}

function exampleText({ examples }: ModulePage, style: Style): string {
  const texts = examples.map(({ title, yaml }) => {
    const lines = yaml.trimEnd().split('\n')
    return [`  ${style.dim(`# ${title}`)}`, ...lines.map((line) => `  ${line}`)].join('\n')
  })
  return [style.bold('Examples'), texts.join('\n\n')].join('\n')
}
