import type { MapNode, Node, ScalarNode } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'

/** A file or role that the text of a play or task names with a literal name. */
export interface Reference {
  /** `source` is what a task copies or renders: looked for, never read. */
  readonly what: 'tasks' | 'handlers' | 'role' | 'vars' | 'source'
  readonly name: string
  readonly range: SourceRange
  /** Whether the run is bound to fail without it. */
  readonly required: boolean
}

interface Around {
  readonly handlers: boolean
  /** A failure here may be caught or never happen. */
  readonly guarded: boolean
}

const plain: Around = { handlers: false, guarded: false }

/** What a play names. */
export function* playReferences(play: MapNode): Iterable<Reference> {
  for (const { key, value } of play.entries) {
    if (key === 'roles') yield* roleEntries(value)
    else if (key === 'vars_files') yield* varsFiles(value)
    else if (key === 'handlers') yield* taskReferences(value, { ...plain, handlers: true })
    else if (/^(?:pre_|post_)?tasks$/.test(key)) yield* taskReferences(value)
  }
}

/** What a list of tasks names, those inside blocks included. */
export function* taskReferences(list: Node, around: Around = plain): Iterable<Reference> {
  if (list.kind !== 'list') return
  for (const task of list.items) if (task.kind === 'map') yield* ofTask(task, around)
}

/** The roles of a `roles:` or `dependencies:` list. */
export function* roleEntries(list: Node): Iterable<Reference> {
  if (list.kind !== 'list') return
  for (const item of list.items) {
    const name = item.kind === 'map' ? (valueAt(item, 'role') ?? valueAt(item, 'name')) : item
    yield* reference('role', name)
  }
}

function* varsFiles(list: Node): Iterable<Reference> {
  for (const item of list.kind === 'list' ? list.items : [list]) {
    // Of an inner list the first that exists counts; `compile` says when none does.
    const choices = item.kind === 'list' ? item.items : [item]
    for (const choice of choices) yield* reference('vars', choice, item.kind !== 'list')
  }
}

function* ofTask(task: MapNode, around: Around): Iterable<Reference> {
  const guarded = around.guarded || has(task, 'rescue') || has(task, 'ignore_errors')
  for (const { key, value } of task.entries) {
    const word = key.replace(/^ansible\.(?:builtin|legacy)\./, '')
    yield* actions[word]?.({ task, value, around: { ...around, guarded } }) ?? sourceOf(word, value)
  }
}

interface Entry {
  readonly task: MapNode
  readonly value: Node
  readonly around: Around
}

const steps = ({ value, around }: Entry) => taskReferences(value, around)
const taskFile = ({ task, value, around }: Entry) =>
  reference(around.handlers ? 'handlers' : 'tasks', option(task, value, 'file'))
const role = ({ task, value }: Entry) =>
  reference('role', option(task, value, 'name') ?? assigned(value, 'name'))
const vars = ({ task, value, around }: Entry) =>
  reference('vars', option(task, value, 'file'), !around.guarded && !has(task, 'when'))

const actions: Readonly<Record<string, (entry: Entry) => Iterable<Reference>>> = {
  block: steps,
  rescue: steps,
  always: steps,
  import_tasks: taskFile,
  include_tasks: taskFile,
  import_role: role,
  include_role: role,
  include_vars: vars,
}

/** `module: name`, `module: { option: name }` or the same below `args`. */
function option(task: MapNode, value: Node, name: string): Node | undefined {
  const args = valueAt(task, 'args')
  const mapping = value.kind === 'map' ? value : args?.kind === 'map' ? args : undefined
  if (mapping) return valueAt(mapping, name) ?? (value.kind === 'scalar' ? bare(value) : undefined)
  return value.kind === 'scalar' ? bare(value) : undefined
}

function bare(value: ScalarNode): ScalarNode | undefined {
  return value.value === null || /^\w+=/.test(String(value.value)) ? undefined : value
}

/** `name=common` in old one-line arguments. */
function assigned(value: Node, name: string): Node | undefined {
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return undefined
  const found = new RegExp(`(?:^|\\s)${name}=(?:"([^"]*)"|'([^']*)'|(\\S+))`).exec(value.value)
  const text = found?.[1] ?? found?.[2] ?? found?.[3]
  return text === undefined ? undefined : { ...value, value: text, raw: text }
}

function* sourceOf(module: string, value: Node): Iterable<Reference> {
  if (value.kind === 'map') yield* reference('source', valueAt(value, 'src'), false)
  else yield* reference('source', assigned(value, 'src'), false)
  if (module === 'script' && value.kind === 'scalar' && typeof value.value === 'string') {
    const program = value.value.trim().split(/\s/, 1)[0] ?? ''
    yield* reference('source', { ...value, value: program, raw: program }, false)
  }
}

function* reference(what: Reference['what'], node: Node | undefined, required = true): Iterable<Reference> {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return
  const name = node.value.trim()
  if (name !== '' && !name.includes('{{')) yield { what, name, range: node.range, required }
}

function has(task: MapNode, key: string): boolean {
  return valueAt(task, key) !== undefined
}

/** The value of a key of a mapping. */
export function valueAt(map: MapNode, key: string): Node | undefined {
  return map.entries.find((entry) => entry.key === key)?.value
}
