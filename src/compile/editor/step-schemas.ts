import { engineActions } from '#compile/bind-modules.ts'
import { metaActions } from '#compile/build-meta.ts'
import { roleOptionNames } from '#compile/expand-roles.ts'
import type { Place } from '#compile/keyword-table.ts'
import { either, type JsonSchema, ref } from './json-schema.ts'
import { keywordProperties } from './keyword-schema.ts'
import { definitionName } from './module-schema.ts'

/** The names by which modules are called. */
export interface ModuleNames {
  /** The module's own name for every name there is, its own among them. */
  readonly canonical: ReadonlyMap<string, string>
  /** What may stand before any of them: `ansible.builtin.`. */
  readonly prefixes: readonly string[]
}

const enginePrefixes = ['ansible.builtin.', 'ansible.legacy.']

/** A task or handler, whatever its kind. Which kind it is shows in its keys, so that messages are about that one. */
export function stepSchema(place: 'task' | 'handler'): JsonSchema {
  const kinds = ['block', ...engineActions] as const
  return kinds.reduceRight<JsonSchema>(
    (otherwise, kind) => either(hasKey(kind), ref(kind), otherwise),
    ref(`${place}_call`),
  )
}

function hasKey(key: string): JsonSchema {
  const names = key === 'block' ? [key] : [key, ...enginePrefixes.map((prefix) => `${prefix}${key}`)]
  return { type: 'object', anyOf: names.map((name) => ({ required: [name] })) }
}

/** Definitions of blocks, imports, includes, meta and calls of modules. */
export function stepDefinitions(modules: ModuleNames): Readonly<Record<string, JsonSchema>> {
  const actions = engineActions.map((action) => [action, actionSchema(action)] as const)
  return {
    task: stepSchema('task'),
    handler: stepSchema('handler'),
    tasks: { type: ['array', 'null'], items: ref('task') },
    handlers: { type: ['array', 'null'], items: ref('handler') },
    block: strictObject(keywordProperties('block')),
    task_call: callSchema('task', modules),
    handler_call: callSchema('handler', modules),
    module_defaults: moduleDefaults(modules),
    ...Object.fromEntries(actions),
  }
}

const strictObject = (properties: JsonSchema, patternProperties: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...(Object.keys(patternProperties).length > 0 && { patternProperties }),
  additionalProperties: false,
})

/** One module, and keywords beside it. A keyword wins over a module of the same name. */
function callSchema(place: Place, modules: ModuleNames): JsonSchema {
  const { plain, prefixed } = moduleProperties(modules)
  return strictObject({ ...plain, ...keywordProperties(place) }, prefixed)
}

function moduleDefaults(modules: ModuleNames): JsonSchema {
  const { plain, prefixed } = moduleProperties(modules)
  const defaults = strictObject(plain, prefixed)
  return { anyOf: [{ type: 'null' }, ref('template'), defaults, { type: 'array', items: defaults }] }
}

function moduleProperties({ canonical, prefixes }: ModuleNames) {
  const before = `(${prefixes.map(escaped).join('|')})`
  const plain = [...canonical].map(([name, own]) => [name, ref(definitionName(own))] as const)
  const prefixed = plain.map(([name, schema]) => [`^${before}${escaped(name)}$`, schema] as const)
  return { plain: Object.fromEntries(plain), prefixed: Object.fromEntries(prefixed) }
}

const escaped = (text: string): string => text.replaceAll('.', '\\.')

type Action = (typeof engineActions)[number]

function actionSchema(action: Action): JsonSchema {
  const form = { description: actionDescriptions[action], ...actionForms[action] }
  const names = enginePrefixes.map((prefix) => [`${prefix}${action}`, form] as const)
  return strictObject({ ...keywordProperties(action), [action]: form, ...Object.fromEntries(names) })
}

const actionDescriptions: Readonly<Record<Action, string>> = {
  import_tasks: 'The tasks of a file stand here, read before the run.',
  import_role: 'The tasks of a role stand here, read before the run.',
  include_tasks: 'Runs the tasks of a file, chosen when it is reached.',
  include_role: 'Runs a role, chosen when it is reached.',
  meta: 'Does something to the run itself.',
}

/** A name or `name=value` in one line, or a mapping of options. */
const options = (properties: JsonSchema): JsonSchema => ({
  anyOf: [{ type: ['string', 'null'] }, strictObject(properties)],
})

const apply: JsonSchema = {
  description: 'Keywords that hold for what is included.',
  allOf: [strictObject(keywordProperties('block'))],
}

const file: JsonSchema = { type: 'string', description: 'The file of tasks.' }

const roleOptions: JsonSchema = {
  ...Object.fromEntries(roleOptionNames.map((name) => [name, ref('text')])),
  name: { type: 'string', description: 'The role.' },
}

const actionForms: Readonly<Record<Action, JsonSchema>> = {
  import_tasks: options({ file }),
  include_tasks: options({ file, apply }),
  import_role: options(roleOptions),
  include_role: options({
    ...roleOptions,
    apply,
    public: { description: 'Its variables stay known after it.', allOf: [ref('boolean')] },
  }),
  meta: { enum: metaActions },
}
