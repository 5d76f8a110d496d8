import { jsonText } from './value-text.ts'

/** What is needed of a module to describe its arguments. */
export interface DescribedModule {
  readonly name: string
  /** A JSON Schema. */
  readonly args: unknown
  readonly freeForm?: string | undefined
  readonly argumentAliases?: Readonly<Record<string, string>> | undefined
}

/** One argument as a reference shows it. */
export interface ArgumentRow {
  readonly name: string
  /** In words: "list of string", "file mode". */
  readonly type: string
  /** Short remarks: required, default, choices, limits, other names. */
  readonly notes: readonly string[]
  readonly description: string
  readonly inner: readonly ArgumentRow[]
}

/** The arguments of a module, from its JSON Schema: required ones first, otherwise as the module lists them. */
export function argumentRows(page: DescribedModule): ArgumentRow[] {
  const aliases = Object.entries(page.argumentAliases ?? {})
  return propertiesOf(page.args).map((row) => {
    // Names such as `_raw_params` are for other programs' files, not for people.
    const also = aliases.flatMap(([alias, name]) =>
      name === row.name && !alias.startsWith('_') ? [alias] : [],
    )
    const notes = [
      ...row.notes,
      ...(page.freeForm === row.name ? [`the text of \`${page.name}: text\``] : []),
      ...(also.length > 0 ? [`also ${also.join(', ')}`] : []),
    ]
    return { ...row, notes }
  })
}

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
  const known = typeof kind === 'string' ? kinds[kind] : undefined
  if (known !== undefined) return known
  const union = listOf(field(schema, 'anyOf'))
  if (union.length > 0) return [...new Set(union.map(typeText))].join(' or ')
  const type = field(schema, 'type')
  if (type === 'array') return `list of ${typeText(field(schema, 'items'))}`
  if (type === 'object') return 'mapping'
  if (typeof type === 'string') return type
  return listOf(type).map(String).join(' or ') || 'any value'
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
