/**
 * The arguments of a role as `meta/argument_specs.yml` describes them, in Ansible's form.
 * https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html#specification-format
 */
export interface ArgumentSpec {
  /** `short_description`: one sentence. */
  readonly summary?: string
  /** Paragraphs, in Markdown. */
  readonly description?: string
  readonly options: ReadonlyMap<string, OptionSpec>
  readonly mutuallyExclusive: readonly (readonly string[])[]
  readonly requiredTogether: readonly (readonly string[])[]
  readonly requiredOneOf: readonly (readonly string[])[]
  /** `[name, value, names, any?]`: with that value, all (or any) of the names are needed. */
  readonly requiredIf: readonly (readonly unknown[])[]
}

export interface OptionSpec {
  readonly type: OptionType
  readonly required: boolean
  /** Absent and null are both no default, as in Ansible. */
  readonly default?: unknown
  readonly choices?: readonly unknown[]
  readonly elements?: OptionType
  readonly description?: string
  /** Of a mapping, or of each mapping in a list. */
  readonly nested?: ArgumentSpec
}

const types = [
  'str',
  'int',
  'float',
  'bool',
  'list',
  'dict',
  'path',
  'raw',
  'bits',
  'bytes',
  'json',
  'jsonarg',
] as const
export type OptionType = (typeof types)[number]

/** Reads a specification that YAML gave. What is not understood counts as absent; an unknown type as `raw`. */
export function readArgumentSpec(data: unknown): ArgumentSpec {
  const spec = mapping(data)
  const summary = textOf(spec['short_description'], ' ')
  const description = textOf(spec['description'], '\n\n')
  return {
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    options: new Map(Object.entries(mapping(spec['options'])).map(([name, one]) => [name, readOption(one)])),
    mutuallyExclusive: lists(spec['mutually_exclusive']).map((list) => list.map(String)),
    requiredTogether: lists(spec['required_together']).map((list) => list.map(String)),
    requiredOneOf: lists(spec['required_one_of']).map((list) => list.map(String)),
    requiredIf: lists(spec['required_if']),
  }
}

function readOption(data: unknown): OptionSpec {
  const option = mapping(data)
  const { choices, elements } = option
  const description = textOf(option['description'], ' ')
  return {
    type: typeOf(option['type'] ?? 'str'),
    required: option['required'] === true || option['required'] === 'yes',
    ...(option['default'] !== undefined && option['default'] !== null && { default: option['default'] }),
    ...(description !== undefined && { description }),
    ...(Array.isArray(choices) && { choices }),
    ...(elements !== undefined && { elements: typeOf(elements) }),
    ...(option['options'] !== undefined && { nested: readArgumentSpec(option) }),
  }
}

const typeOf = (name: unknown): OptionType => types.find((type) => type === name) ?? 'raw'

/** Text, or a list of paragraphs. */
function textOf(value: unknown, between: string): string | undefined {
  if (typeof value === 'string') return value.trim()
  return Array.isArray(value) ? value.map((part) => String(part).trim()).join(between) : undefined
}

function lists(value: unknown): readonly (readonly unknown[])[] {
  if (!Array.isArray(value)) return []
  // A single list of names may stand for a list of one such list.
  return value.every((item) => typeof item === 'string') && value.length > 0
    ? [value]
    : value.filter(Array.isArray)
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
