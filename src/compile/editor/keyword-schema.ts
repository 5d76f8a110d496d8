import { type KeywordType, keywords, keywordsOf, type Place } from '#compile/keyword-table.ts'
import { loopControls } from '#compile/read-loop.ts'
import { promptKeys } from '#compile/read-prompts.ts'
import { withKeywords } from '#compile/with-lookups.ts'
import { type JsonSchema, ref } from './json-schema.ts'
import { keywordDescriptions } from './keyword-descriptions.ts'

/** The keywords that may stand in a place, each with its type and a sentence. */
export function keywordProperties(place: Place): Readonly<Record<string, JsonSchema>> {
  const loops = keywords.get('loop')?.places.includes(place) ? withKeywords : []
  return Object.fromEntries([
    ...keywordsOf(place).map((name) => [name, keywordSchema(name)] as const),
    ...loops.map(
      (name) => [name, { description: `Ansible's older way to loop; "loop" is the newer one.` }] as const,
    ),
  ])
}

function keywordSchema(name: string): JsonSchema {
  const form = special[name] ?? formOf(keywords.get(name)?.type ?? 'any')
  return { description: keywordDescriptions[name] ?? name, allOf: [form] }
}

function formOf(type: KeywordType): JsonSchema {
  if (typeof type !== 'string') return { anyOf: [{ enum: type }, ref('template')] }
  return plain[type] ?? ref(type)
}

const plain: Readonly<Record<string, JsonSchema>> = {
  any: {},
  list: { type: ['array', 'null'] },
  mapping: { type: ['object', 'null'] },
  mappings: {
    anyOf: [
      { type: ['object', 'null'] },
      ref('template'),
      { type: 'array', items: { anyOf: [{ type: 'object' }, ref('template')] } },
    ],
  },
}

const loopControl: JsonSchema = {
  type: ['object', 'null'],
  properties: {
    ...Object.fromEntries(loopControls.map((name) => [name, {}])),
    loop_var: { type: 'string', description: 'What the item is called; item when not said.' },
    index_var: { type: 'string', description: 'What the number of the item is called; counts from 0.' },
    label: { description: 'What the output shows of the item.' },
    pause: { description: 'Seconds between items.', allOf: [ref('number')] },
    extended: { description: 'Make ansible_loop known.', allOf: [ref('boolean')] },
    break_when: { description: 'End the loop when this CEL condition holds.', allOf: [ref('conditions')] },
  },
  additionalProperties: false,
}

const prompt: JsonSchema = {
  type: 'object',
  properties: {
    ...Object.fromEntries(promptKeys.map((name) => [name, {}])),
    name: { type: 'string', description: 'The variable.' },
    prompt: { description: 'What to ask.', allOf: [ref('text')] },
    default: { description: 'What holds when nothing is typed, or nobody is there.', allOf: [ref('text')] },
    private: { description: 'Do not show what is typed (default).', allOf: [ref('boolean')] },
    confirm: { description: 'Ask twice.', allOf: [ref('boolean')] },
  },
  required: ['name'],
  additionalProperties: false,
}

const batch: JsonSchema = {
  anyOf: [ref('integer'), { type: 'string', pattern: '^\\s*\\d+\\s*%\\s*$' }],
}

/** Keywords whose shape says more than their type. */
const special: Readonly<Record<string, JsonSchema>> = {
  always: ref('tasks'),
  block: ref('tasks'),
  handlers: ref('handlers'),
  loop: { type: ['array', 'string'] },
  loop_control: loopControl,
  module_defaults: ref('module_defaults'),
  post_tasks: ref('tasks'),
  pre_tasks: ref('tasks'),
  rescue: ref('tasks'),
  roles: { type: ['array', 'null'], items: ref('role_entry') },
  serial: { anyOf: [batch, { type: 'array', items: batch }, { type: 'null' }] },
  tasks: ref('tasks'),
  vars: ref('variables'),
  vars_files: {
    anyOf: [
      { type: ['string', 'null'] },
      { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] } },
    ],
  },
  vars_prompt: { anyOf: [prompt, { type: 'array', items: prompt }, { type: 'null' }] },
}
