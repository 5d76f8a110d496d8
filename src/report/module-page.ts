import { padEnd } from '#base/display-width.ts'
import type { Style } from './style.ts'
import { jsonText } from './value-text.ts'

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
  const args = argumentsOf(page)
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

interface ArgumentRow {
  readonly name: string
  readonly type: string
  readonly notes: readonly string[]
  readonly description: string
  readonly inner: readonly ArgumentRow[]
}

function argumentsOf(page: ModulePage): ArgumentRow[] {
  const aliases = Object.entries(page.argumentAliases ?? {})
  return propertiesOf(page.args).map((row) => {
    const also = aliases.filter(([, name]) => name === row.name).map(([alias]) => alias)
    const notes = [
      ...row.notes,
      ...(page.freeForm === row.name ? [`the text of \`${page.name}: text\``] : []),
      ...(also.length > 0 ? [`also ${also.join(', ')}`] : []),
    ]
    return { ...row, notes }
  })
}

/** Required ones first; otherwise as the module lists them. */
function propertiesOf(schema: unknown): ArgumentRow[] {
  const required = new Set(listOf(field(schema, 'required')))
  const properties = field(schema, 'properties')
  if (typeof properties !== 'object' || properties === null) return []
  const rows = Object.entries(properties).map(([name, property]) =>
    argumentRow(name, property, required.has(name)),
  )
  return [...rows.filter(({ name }) => required.has(name)), ...rows.filter(({ name }) => !required.has(name))]
}

function argumentRow(name: string, schema: unknown, required: boolean): ArgumentRow {
  const choices = listOf(field(schema, 'enum'))
  const initial = field(schema, 'default')
  const notes = [
    ...(required ? ['required'] : []),
    ...(initial === undefined ? [] : [`default ${jsonText(initial)}`]),
    ...(choices.length === 0 ? [] : [`one of ${choices.map((choice) => jsonText(choice)).join(', ')}`]),
    ...limits(schema),
  ]
  const description = field(schema, 'description')
  const inner = [...propertiesOf(schema), ...propertiesOf(field(schema, 'items'))]
  return {
    name,
    type: typeText(schema),
    notes,
    description: typeof description === 'string' ? description : '',
    inner,
  }
}

function limits(schema: unknown): string[] {
  const [least, most] = [field(schema, 'minimum'), field(schema, 'maximum')]
  return [
    ...(least === undefined ? [] : [`at least ${String(least)}`]),
    ...(most === undefined ? [] : [`at most ${String(most)}`]),
  ]
}

const kinds: Readonly<Record<string, string>> = {
  mode: 'file mode',
  condition: 'condition',
  expression: 'expression',
  secret: 'secret',
  path: 'path',
}

function typeText(schema: unknown): string {
  const kind = field(schema, 'x-tsplay')
  if (typeof kind === 'string') return kinds[kind] ?? kind
  const union = listOf(field(schema, 'anyOf'))
  if (union.length > 0) return [...new Set(union.map(typeText))].join(' or ')
  const type = field(schema, 'type')
  if (type === 'array') return `list of ${typeText(field(schema, 'items'))}`
  if (type === 'object') return 'mapping'
  if (typeof type === 'string') return type
  return listOf(type).map(String).join(' or ') || 'any value'
}

function argumentLines(row: ArgumentRow, style: Style): string[] {
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

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
