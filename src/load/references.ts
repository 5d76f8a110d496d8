import type { MapNode, Node, ScalarNode } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'

/** A file or role that the text of a play or task names with a literal name. */
export interface Reference {
  /** `file` and `source` are what a task copies: looked for, never read. */
  readonly what: 'tasks' | 'handlers' | 'role' | 'vars' | 'template' | 'file' | 'source'
  readonly name: string
  readonly range: SourceRange
  /** Whether the run is bound to fail without it. */
  readonly required: boolean
  /** Whether it may never be reached: then the run is not bound to fail for what it names in turn. */
  readonly guarded: boolean
}

/** Where a list of tasks stands. */
export interface Around {
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
    yield* reference('role', name, { guarded: item.kind === 'map' && has(item, 'when') })
  }
}

function* varsFiles(list: Node): Iterable<Reference> {
  for (const item of list.kind === 'list' ? list.items : [list]) {
    // Of an inner list the first that exists counts; `compile` says when none does.
    const choices = item.kind === 'list' ? item.items : [item]
    for (const choice of choices) yield* reference('vars', choice, { required: item.kind !== 'list' })
  }
}

function* ofTask(task: MapNode, around: Around): Iterable<Reference> {
  const guarded = around.guarded || guards.some((keyword) => has(task, keyword))
  for (const { key, value } of task.entries) {
    const word = key.replace(/^ansible\.(?:builtin|legacy)\./, '')
    yield* actions[word]?.({ task, value, around: { ...around, guarded } }) ?? sourceOf(value)
  }
}

/** With these a task may never be reached, or may fail without harm. */
const guards = ['when', 'rescue', 'ignore_errors', 'failed_when']

interface Entry {
  readonly task: MapNode
  readonly value: Node
  readonly around: Around
}

const steps = ({ value, around }: Entry) => taskReferences(value, around)
const taskFile = ({ task, value, around }: Entry) =>
  reference(around.handlers ? 'handlers' : 'tasks', option(task, value, 'file'), around)
const role = ({ task, value, around }: Entry) =>
  reference('role', option(task, value, 'name') ?? assigned(value, 'name'), around)
const vars = ({ task, value, around: { guarded } }: Entry) =>
  reference('vars', option(task, value, 'file'), { required: !guarded })
const template = ({ task, value, around }: Entry) => ownFile('template', argument(task, value, 'src'), around)

/** What is on the host already is no file of ours. */
function copied({ task, value, around }: Entry): Iterable<Reference> {
  return argument(task, value, 'remote_src') ? [] : ownFile('file', argument(task, value, 'src'), around)
}

function script({ task, value, around }: Entry): Iterable<Reference> {
  const line = option(task, value, 'cmd')
  const words = line?.kind === 'scalar' ? /^\s*(?:'([^']+)'|"([^"]+)"|(\S+))/.exec(String(line.value)) : null
  const name = words?.[1] ?? words?.[2] ?? words?.[3]
  if (line?.kind !== 'scalar' || name === undefined) return []
  return ownFile('file', { ...line, value: name, raw: name }, around)
}

/** A name that begins at the root is more often made by the run than part of the project. */
function ownFile(
  what: 'template' | 'file',
  node: Node | undefined,
  { guarded }: Around,
): Iterable<Reference> {
  const isElsewhere = node?.kind === 'scalar' && /^\s*[/~]/.test(String(node.value))
  return reference(what, node, { required: !guarded && !isElsewhere, guarded })
}

const actions: Readonly<Record<string, (entry: Entry) => Iterable<Reference>>> = {
  block: steps,
  rescue: steps,
  always: steps,
  import_tasks: taskFile,
  include_tasks: taskFile,
  import_role: role,
  include_role: role,
  include_vars: vars,
  template,
  copy: copied,
  script,
}

/** `module: name`, `module: { option: name }` or the same below `args`. */
function option(task: MapNode, value: Node, name: string): Node | undefined {
  const args = valueAt(task, 'args')
  const mapping = value.kind === 'map' ? value : args?.kind === 'map' ? args : undefined
  if (mapping) return valueAt(mapping, name) ?? (value.kind === 'scalar' ? bare(value) : undefined)
  return value.kind === 'scalar' ? bare(value) : undefined
}

/** The same of a module whose free form is no such thing. */
function argument(task: MapNode, value: Node, name: string): Node | undefined {
  return value.kind === 'scalar' ? (assigned(value, name) ?? below(task, name)) : option(task, value, name)
}

function below(task: MapNode, name: string): Node | undefined {
  const args = valueAt(task, 'args')
  return args?.kind === 'map' ? valueAt(args, name) : undefined
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

function sourceOf(value: Node): Iterable<Reference> {
  const name = value.kind === 'map' ? valueAt(value, 'src') : assigned(value, 'src')
  return reference('source', name, { required: false })
}

function* reference(
  what: Reference['what'],
  node: Node | undefined,
  { required = true, guarded = false }: { readonly required?: boolean; readonly guarded?: boolean } = {},
): Iterable<Reference> {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return
  const name = node.value.trim()
  if (name !== '' && !name.includes('{{')) yield { what, name, range: node.range, required, guarded }
}

function has(task: MapNode, key: string): boolean {
  return valueAt(task, key) !== undefined
}

/** The value of a key of a mapping. */
export function valueAt(map: MapNode, key: string): Node | undefined {
  return map.entries.find((entry) => entry.key === key)?.value
}
