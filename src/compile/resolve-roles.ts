import type { MapEntry, MapNode, Node } from '#model/node.ts'
import type { Block, RoleUse, Step, Task } from '#model/program.ts'
import type { SourceRange } from '#model/source.ts'
import type { RoleFiles, YamlFile } from '#model/syntax.ts'
import type { VarsLayer } from '#model/value.ts'
import type { Context } from './context.ts'
import { enterScope } from './enter-scope.ts'
import { keywordsOf } from './keyword-table.ts'
import { checkName, fileLayer, mergeLayers } from './layer-vars.ts'
import { checkDuplicateHandlers } from './link-handlers.ts'
import { entryOf, isTemplate, itemsOf, plainOf, shapeOf, textOf, valueAt } from './node-reading.ts'
import { searchFrom, wasReported } from './project-files.ts'
import { checkKeywords } from './read-keywords.ts'
import { didYouMean } from './report.ts'
import { roleArguments } from './role-arguments.ts'
import type { RoleCall } from './role-call.ts'
import { type RoleParts, readRolePart } from './role-parts.ts'
import type { Scope } from './scope.ts'
import { staticName } from './static-name.ts'
import { commonOf } from './step-place.ts'

export interface BuiltRole {
  readonly use: RoleUse
  readonly steps: readonly Step[]
  readonly handlers: readonly Task[]
}

/** Builds the entries of `roles:`, in order, as one block each. */
export function buildRoles(list: Node | undefined, scope: Scope, context: Context): readonly Block[] {
  return list?.kind === 'list' ? list.items.flatMap((entry) => buildEntry(entry, scope, context)) : []
}

function buildEntry(entry: Node, scope: Scope, context: Context): readonly Block[] {
  const map: MapNode = entry.kind === 'map' ? entry : { kind: 'map', entries: [], range: entry.range }
  const nameNode = entry.kind === 'map' ? (valueAt(entry, 'role') ?? valueAt(entry, 'name')) : entry
  if (!nameNode || !textOf(nameNode)) {
    const message = `A role entry needs the name of a role, not ${shapeOf(entry)}.`
    context.report.add({ code: 'wrong-shape', message, range: entry.range })
    return []
  }
  const [name, files] = findStaticRole(nameNode, scope, context) ?? []
  if (name === undefined || !files) return []
  const others = checkKeywords(map, 'role', context)
  const params = readParams(others, files, context)
  const inner = enterScope(scope, map, { level: 16, origin: `vars of role ${name}` }, context)
  const call = { name, range: nameNode.range, map, params, from: mainParts, validates: true }
  const built = buildRole(call, files, { scope: inner, context })
  if (!built) return []
  const block = roleBlock(call, built, { scope: inner, context })
  if (!allowsDuplicates(files)) context.roleKeys.set(block.id, keyOf(name, map))
  return [block]
}

const mainParts: RoleParts = { tasks: 'main', vars: 'main', defaults: 'main', handlers: 'main' }

/** A role by name; reports one that does not exist. */
export function findRole(name: string, range: SourceRange, context: Context): RoleFiles | undefined {
  const files = context.project.roles.get(name)
  if (files || wasReported(context.project, 'unknown-role', range)) return files
  const remedy = didYouMean(name, context.project.roles.keys())
  context.report.add({ code: 'unknown-role', message: `There is no role "${name}".`, remedy, range })
  return undefined
}

/** As `findRole`, for a name that may be made of variables: then it may mean a role that was not read yet. */
export function findStaticRole(node: Node, scope: Scope, context: Context): [string, RoleFiles] | undefined {
  const instead = 'Use "include_role", which is read when it is reached.'
  const name = staticName(node, { option: 'role', instead }, { scope, context })
  if (name === undefined) return undefined
  if (isTemplate(node) && !context.project.roles.has(name)) {
    context.wanted.push({ kind: 'role', name, ...searchFrom(scope) })
  }
  const files = findRole(name, node.range, context)
  return files && [name, files]
}

/** Keys of a role entry that are no keyword are the role's params. */
function readParams(entries: readonly MapEntry[], files: RoleFiles, context: Context): VarsLayer {
  const named = [...files.defaults.values(), ...files.vars.values()].flat().flatMap(namesIn)
  const known = new Set([...named, ...specifiedNames(files)])
  const good = entries.filter(({ key, keyRange: range }) => {
    const keyword = known.has(key) ? undefined : didYouMean(key, keywordsOf('role'))
    if (keyword) {
      const message = `"${key}" is taken for a parameter of the role, which has no default of that name.`
      context.report.add({ code: 'unknown-keyword', severity: 'warning', message, remedy: keyword, range })
    }
    return checkName(key, range, context)
  })
  const vars = new Map(good.map(({ key, value }) => [key, context.language.value(value)]))
  return { level: 20, origin: `params of role ${files.name}`, vars }
}

const namesIn = (file: YamlFile): readonly string[] =>
  file.root?.kind === 'map' ? file.root.entries.map(({ key }) => key) : []

/** The arguments that any entry point of the role declares. */
function specifiedNames({ argumentSpecs }: RoleFiles): readonly string[] {
  const specs =
    argumentSpecs?.root && entriesIn(argumentSpecs.root).find(({ key }) => key === 'argument_specs')
  const entryPoints = specs ? entriesIn(specs.value) : []
  return entryPoints.flatMap(({ value }) =>
    entriesIn(value)
      .filter(({ key }) => key === 'options')
      .flatMap(({ value: options }) => entriesIn(options).map(({ key }) => key)),
  )
}

const entriesIn = (node: Node): readonly MapEntry[] => (node.kind === 'map' ? node.entries : [])

/** Two uses with the same key do the same thing. */
function keyOf(name: string, map: MapNode): string {
  const entries = map.entries.filter(({ key }) => key !== 'role' && key !== 'name')
  return JSON.stringify([name, entries.map(({ key, value }) => [key, plainOf(value)]).sort()])
}

function allowsDuplicates(files: RoleFiles): boolean {
  const meta = files.meta?.root
  const node = meta?.kind === 'map' ? valueAt(meta, 'allow_duplicates') : undefined
  return node?.kind === 'scalar' && ['true', 'yes', 'on'].includes(node.raw.toLowerCase())
}

interface Around {
  readonly scope: Scope
  readonly context: Context
}

/** The block that stands for a role in its play. */
export function roleBlock(call: RoleCall, built: BuiltRole, { scope, context }: Around): Block {
  const inner = { ...scope, role: built.use }
  const { name: _, ...common } = commonOf(call.map, inner, context)
  return { kind: 'block', ...common, range: call.range, block: built.steps, rescue: [], always: [] }
}

/**
 * Builds a role: first the roles it depends on, then the check of its arguments, then its tasks. Undefined, with a
 * diagnostic, when it leads back to itself.
 */
export function buildRole(
  call: RoleCall,
  files: RoleFiles,
  { scope, context }: Around,
): BuiltRole | undefined {
  const tasks = readRolePart(files.tasks, 'tasks', call, context)
  const place = tasks?.absolutePath ?? files.path
  if (scope.files.includes(place)) {
    const path = [...(scope.role ? [...scope.role.parents, scope.role.name] : []), call.name]
    const message = `The role "${call.name}" leads back to itself: ${path.join(' → ')}.`
    context.report.add({ code: 'role-cycle', message, range: call.range })
    return undefined
  }
  const own = ownUse(call, files, { scope, context })
  const inner: Scope = { ...scope, roleFiles: files, role: own, files: [...scope.files, place] }
  const metaFile = files.meta?.absolutePath ?? files.path
  const rolesBefore = scope.play.roles.length
  const dependencies = buildRoles(dependenciesOf(files, context), { ...inner, file: metaFile }, context)
  const use = withDependencies(own, scope.play.roles.slice(rolesBefore))
  const args = call.validates ? roleArguments({ call, files, use, scope: inner }, context) : undefined
  const finalUse = args?.use ?? use
  const finalScope = { ...inner, role: finalUse, file: place }
  const handlers = buildHandlers(files, call, { scope: finalScope, context })
  scope.play.roles.push(finalUse)
  scope.play.roleHandlers.push(...handlers)
  const steps = [...dependencies, ...(args?.check ?? []), ...context.steps(tasks?.root, finalScope)]
  return { use: finalUse, steps, handlers }
}

function ownUse(call: RoleCall, files: RoleFiles, { scope, context }: Around): RoleUse {
  const outer = scope.role
  const level = (part: 'defaults' | 'vars', number: number): VarsLayer => {
    const found = readRolePart(files[part], part, call, context) ?? []
    const layer = { level: number, origin: `${part} of role ${call.name}` }
    return mergeLayers([...(outer ? [outer[part]] : []), fileLayer(found, layer, context)], layer)
  }
  return {
    name: call.name,
    path: files.path,
    defaults: level('defaults', 2),
    vars: level('vars', 15),
    params: mergeLayers([...(outer ? [outer.params] : []), call.params], call.params),
    parents: outer ? [...outer.parents, outer.name] : [],
  }
}

/** A role sees the defaults and vars of the roles it depends on, below its own. */
function withDependencies(use: RoleUse, dependencies: readonly RoleUse[]): RoleUse {
  const below = (part: 'defaults' | 'vars') =>
    mergeLayers([...dependencies.map((one) => one[part]), use[part]], use[part])
  return dependencies.length === 0 ? use : { ...use, defaults: below('defaults'), vars: below('vars') }
}

function dependenciesOf(files: RoleFiles, context: Context): Node | undefined {
  const meta = files.meta?.root
  if (meta?.kind !== 'map') return undefined
  const node = entryOf(meta, 'dependencies')?.value
  if (!node || node.kind === 'list' || itemsOf(node).length === 0) return node
  const message = `"dependencies" needs a list, not ${shapeOf(node)}.`
  context.report.add({ code: 'wrong-type', message, range: node.range })
  return undefined
}

/** Handlers keep their role and its keywords, but neither tags nor conditions: who notifies them has met those. */
function buildHandlers(files: RoleFiles, call: RoleCall, { scope, context }: Around): readonly Task[] {
  const file = readRolePart(files.handlers, 'handlers', call, context)
  if (!file) return []
  const inner: Scope = { ...scope, place: 'handler', when: [], tags: [], notify: [], file: file.absolutePath }
  const steps = context.steps(file.root, inner)
  checkDuplicateHandlers(steps, context)
  return steps.filter((step) => step.kind === 'task')
}
