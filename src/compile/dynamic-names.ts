import type { MapEntry, MapNode, Node } from '#model/node.ts'
import type { PlaybookFile, Project, RoleFiles, YamlFile } from '#model/syntax.ts'
import { splitLine } from './free-form.ts'
import { isTemplate, itemsOf, textOf, valueAt } from './node-reading.ts'
import { partOfText } from './part-of-text.ts'

/** What the tasks of a project may bring into being while they run. */
export interface DynamicNames {
  /** Variables that some task registers, sets or reads from a file. */
  readonly variables: ReadonlySet<string>
  /** Whether a task may set variables whose names cannot be known. */
  readonly anyVariable: boolean
  /** Hosts and groups of `add_host` and `group_by`. */
  readonly hosts: ReadonlySet<string>
  readonly anyHost: boolean
  /** Whether some task gathers facts itself. */
  readonly gathersFacts: boolean
}

interface Collected {
  readonly variables: Set<string>
  anyVariable: boolean
  readonly hosts: Set<string>
  anyHost: boolean
  gathersFacts: boolean
  /** Names of roles that some `include_role` makes public. */
  readonly publicRoles: Set<string>
}

/**
 * Collects them from the text of all task files, so that it does not matter which of them a run will come to. It
 * errs on the side of more names: a name that may exist is never reported.
 */
export function dynamicNames(project: Project): DynamicNames {
  const tasks = [...project.playbooks.flatMap(withImports), ...project.taskFiles.values()]
  const isUnread = hasUnreadVariables(project, tasks)
  const found: Collected = {
    variables: new Set(),
    anyVariable: isUnread,
    hosts: new Set(),
    anyHost: isUnread,
    gathersFacts: false,
    publicRoles: new Set(),
  }
  for (const file of tasks) if (file.root) collect(file.root, found, false)
  for (const role of project.roles.values()) collectRole(role, found)
  for (const file of project.varsFiles.values()) addKeys(file.root, found)
  for (const name of found.publicRoles) addPublicNames(project.roles.get(name), found)
  return found
}

/**
 * Whether an inventory or a file of variables could not be read. What it would have defined is not missing, and
 * complaints about it would bury the one that matters.
 */
function hasUnreadVariables({ diagnostics, roles }: Project, tasks: readonly YamlFile[]): boolean {
  const inRoles = [...roles.values()].flatMap((role) => [...role.tasks.values(), ...role.handlers.values()])
  const known = new Set([...tasks, ...inRoles].map(({ path }) => path))
  return diagnostics.some(
    ({ code, range }) => unread.has(code) && range !== undefined && !known.has(range.file),
  )
}

const unread: ReadonlySet<string> = new Set([
  'yaml-syntax',
  'yaml-tab',
  'yaml-limit',
  'file-unreadable',
  'inventory-script',
  'vault-password',
])

const withImports = (file: PlaybookFile): readonly YamlFile[] => [
  file,
  ...[...file.imports.values()].flatMap(withImports),
]

function collectRole(role: RoleFiles, found: Collected): void {
  for (const file of [...role.tasks.values(), ...role.handlers.values()])
    if (file.root) collect(file.root, found, true)
  for (const [name, files] of role.vars) {
    // `main` is a layer of its own; the others are there for include_vars.
    if (name !== 'main') for (const file of files) addKeys(file.root, found)
  }
}

/** Whichever of its files are chosen: a name that may exist is never reported. */
function addPublicNames(role: RoleFiles | undefined, found: Collected): void {
  for (const files of [...(role?.defaults.values() ?? []), ...(role?.vars.values() ?? [])])
    for (const file of files) addKeys(file.root, found)
}

function addKeys(root: Node | undefined, found: Collected): void {
  if (root?.kind === 'map') for (const { key } of root.entries) found.variables.add(key)
}

function collect(node: Node, found: Collected, inRole: boolean): void {
  if (node.kind === 'scalar') return
  if (node.kind === 'list') {
    for (const item of node.items) collect(item, found, inRole)
    return
  }
  for (const entry of node.entries) {
    collectors.get(plainName(entry))?.({ entry, task: node, inRole }, found)
    collect(entry.value, found, inRole)
  }
}

/** The module or keyword an entry is about, `action: set_fact x=1` included. */
function plainName({ key, value }: MapEntry): string {
  const name =
    key === 'action' || key === 'local_action' ? (/^\s*(\S+)/.exec(textOf(value) ?? '')?.[1] ?? key) : key
  return name.replace(/^ansible\.(builtin|legacy)\./, '')
}

interface Place {
  readonly entry: MapEntry
  readonly task: MapNode
  readonly inRole: boolean
}

type Collector = (place: Place, found: Collected) => void

const collectors: ReadonlyMap<string, Collector> = new Map<string, Collector>([
  ['register', ({ entry }, found) => addText(entry.value, found.variables)],
  ['vars_prompt', ({ entry }, found) => promptNames(entry.value, found)],
  ['set_fact', setFact],
  ['add_host', addHost],
  ['group_by', groupBy],
  ['include_vars', includeVars],
  ['include_tasks', openInclude],
  ['include_role', openInclude],
  ['getent', getent],
  ['setup', gathers],
  ['gather_facts', gathers],
])

/** The module, not the keyword of a play. */
function gathers({ task }: Place, found: Collected): void {
  if (!valueAt(task, 'hosts')) found.gathersFacts = true
}

function addText(node: Node | undefined, names: Set<string>): void {
  const text = textOf(node)
  if (text !== undefined) names.add(text.trim())
}

function promptNames(node: Node, found: Collected): void {
  for (const item of itemsOf(node)) if (item.kind === 'map') addText(valueAt(item, 'name'), found.variables)
}

/** Arguments of a task in any form; undefined when they are known only at run time. */
function argumentsOf({ entry, task }: Place): ReadonlyMap<string, Node> | undefined {
  const nodes = [entry.value, valueAt(task, 'args')].filter((node) => node !== undefined)
  const parts = nodes.map(argumentsIn)
  if (parts.some((part) => part === undefined)) return undefined
  return new Map(parts.flatMap((part) => part ?? []))
}

function argumentsIn(node: Node): readonly (readonly [string, Node])[] | undefined {
  if (node.kind === 'map') return node.entries.map(({ key, value }) => [key, value] as const)
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return []
  const pairs = splitLine(node.value).filter((piece) => piece.kind === 'pair')
  if (pairs.length === 0 && isTemplate(node)) return undefined
  return pairs.map(({ name, value }) => [name, partOfText(node, [value])] as const)
}

function setFact(place: Place, found: Collected): void {
  const given = argumentsOf(place)
  if (!given || [...given.keys()].some((name) => name.includes('{{'))) found.anyVariable = true
  for (const name of given?.keys() ?? []) found.variables.add(name)
}

function addHost(place: Place, found: Collected): void {
  const given = argumentsOf(place)
  if (!given) {
    found.anyVariable = true
    found.anyHost = true
    return
  }
  for (const [name, value] of given) {
    if (hostNames.includes(name)) addHostNames(value, found)
    else found.variables.add(name)
  }
}

const hostNames = ['name', 'hostname', 'host', 'groups', 'group', 'groupname']

function groupBy(place: Place, found: Collected): void {
  const given = argumentsOf(place)
  if (!given) found.anyHost = true
  if (given?.size === 0) addHostNames(place.entry.value, found)
  for (const [name, value] of given ?? [])
    if (name === 'key' || name === 'parents') addHostNames(value, found)
}

function addHostNames(node: Node, found: Collected): void {
  for (const item of itemsOf(node)) {
    if (isTemplate(item)) found.anyHost = true
    for (const name of textOf(item)?.split(/\s*,\s*/) ?? []) found.hosts.add(name)
  }
}

/**
 * The files an `include_vars` with a literal name reads are part of the project. In a role, a name with variables
 * means the files in its folder `vars`, which are known too, unless it leads elsewhere.
 */
function includeVars(place: Place, found: Collected): void {
  const given = argumentsOf(place)
  const name = given?.get('name')
  if (name) {
    addText(name, found.variables)
    return
  }
  const file = given?.get('file') ?? place.entry.value
  const text = textOf(file)
  const isFolder = given?.has('dir') === true
  if (isFolder || text === undefined || (isTemplate(file) && !(place.inRole && staysInRole(text)))) {
    found.anyVariable = true
  }
}

const staysInRole = (text: string): boolean => !/playbook_dir|inventory_dir|\.\.|^\s*\//.test(text)

/** An include that is only known at run time may register anything; in a role, its task files are all known. */
function openInclude({ entry, task, inRole }: Place, found: Collected): void {
  const isRole = plainName(entry) === 'include_role'
  const given = argumentsOf({ entry, task, inRole })
  const target = given?.get('name') ?? given?.get('file') ?? entry.value
  if (target.kind === 'scalar' && !isTemplate(target)) {
    if (isRole && given?.has('public')) addText(target, found.publicRoles)
    return
  }
  const stays = !isRole && inRole && staysInRole(textOf(target) ?? '..')
  if (!stays) found.anyVariable = true
}

function getent(place: Place, found: Collected): void {
  const database = textOf(argumentsOf(place)?.get('database'))
  if (database !== undefined) found.variables.add(`getent_${database}`)
}
