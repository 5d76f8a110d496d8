import { EvaluationError } from '#model/evaluation-error.ts'
import type { Node } from '#model/node.ts'
import type { Include, Included, IncludeRequest, Step } from '#model/program.ts'
import { readRegister } from './build-task.ts'
import type { Context } from './context.ts'
import { enterScope } from './enter-scope.ts'
import { applied } from './expand-includes.ts'
import { isTemplate, textOf } from './node-reading.ts'
import { type Later, openLater } from './open-later.ts'
import { searchFrom } from './project-files.ts'
import { readLoop } from './read-loop.ts'
import { readOptions } from './read-options.ts'
import { buildRole, findRole, findStaticRole, roleBlock } from './resolve-roles.ts'
import type { RoleCall } from './role-call.ts'
import type { RoleParts } from './role-parts.ts'
import type { Scope } from './scope.ts'
import { staticName } from './static-name.ts'
import { commonOf, type TaskPlace } from './step-place.ts'
import { convert, wrongType } from './typed-value.ts'

const partOptions = {
  tasks: 'tasks_from',
  vars: 'vars_from',
  defaults: 'defaults_from',
  handlers: 'handlers_from',
} as const satisfies Record<keyof RoleParts, string>

/** What `import_role` takes; `include_role` takes `apply` and `public` as well. */
export const roleOptionNames = [
  'name',
  'role',
  ...Object.values(partOptions),
  'allow_duplicates',
  'rolespec_validate',
]

type Options = ReadonlyMap<string, Node>

/** Replaces `import_role` by the role's steps. It runs each time it is written, whether the role has run or not. */
export function importRole(place: TaskPlace, context: Context): readonly Step[] {
  const { map, scope } = place
  if (refusedAsHandler(place, context)) return []
  const options = readOptions(place, { names: roleOptionNames }, context)
  const node = roleNode(options, place, context)
  const [name, files] = (node && findStaticRole(node, scope, context)) ?? []
  if (!node || name === undefined || !files) return []
  const from = staticParts(options, { scope, context })
  const call = {
    name,
    range: node.range,
    map,
    params: noParams(name),
    from,
    validates: validates(options, context),
  }
  const inner = enterScope(scope, map, { level: 16, origin: `vars of role ${name}` }, context)
  const built = buildRole(call, files, { scope: inner, context })
  return built ? [roleBlock(call, built, { scope: inner, context })] : []
}

function refusedAsHandler({ call, scope }: TaskPlace, context: Context): boolean {
  if (scope.place !== 'handler') return false
  const message = `"${call.name}" cannot be a handler.`
  context.report.add({ code: 'bad-keyword-use', message, range: call.entry.keyRange })
  return true
}

function roleNode(options: Options, { call }: TaskPlace, context: Context): Node | undefined {
  const node = options.get('name') ?? options.get('role')
  if (node) return node
  const message = `"${call.name}" needs the name of a role, under "name".`
  context.report.add({ code: 'missing-argument', message, range: call.entry.keyRange })
  return undefined
}

const noParams = (name: string) => ({ level: 20, origin: `params of role ${name}`, vars: new Map() })

function staticParts(options: Options, at: { scope: Scope; context: Context }): RoleParts {
  const part = (key: keyof RoleParts): string => {
    const option = partOptions[key]
    const node = options.get(option)
    const name = node && staticName(node, { option, instead: 'Use "include_role".' }, at)
    return name === undefined || !node ? 'main' : insideRole(name, node, at.context)
  }
  return { tasks: part('tasks'), vars: part('vars'), defaults: part('defaults'), handlers: part('handlers') }
}

function insideRole(name: string, { range }: Node, context: Context): string {
  if (!name.startsWith('/') && !name.split('/').includes('..')) return name
  context.report.add({ code: 'bad-argument', message: `"${name}" leads out of the role.`, range })
  return 'main'
}

function validates(options: Options, context: Context): boolean {
  return flagOption(options, { name: 'rolespec_validate', otherwise: true }, context)
}

function flagOption(
  options: Options,
  { name, otherwise }: { name: string; otherwise: boolean },
  context: Context,
): boolean {
  const node = options.get(name)
  if (!node) return otherwise
  const given = node.kind === 'scalar' ? convert(node.value, 'boolean') : undefined
  if (typeof given === 'boolean') return given
  const message = wrongType(name, 'boolean', node.kind === 'scalar' ? node.value : {})
  context.report.add({ code: 'wrong-type', message, range: node.range })
  return otherwise
}

/** Builds `include_role`. With literal names it is compiled at once, so that its mistakes are found before the run. */
export function includeRole(place: TaskPlace, context: Context): readonly Include[] {
  const { map, scope } = place
  if (refusedAsHandler(place, context)) return []
  const options = readOptions(place, { names: [...roleOptionNames, 'apply', 'public'] }, context)
  const node = roleNode(options, place, context)
  if (!node) return []
  const own = enterScope(scope, map, { level: 21, origin: 'vars of include_role' }, context)
  const inner = applied({ ...scope, layers: own.layers }, options.get('apply'), context)
  const common = commonOf(map, own, context)
  const loop = readLoop(map, context)
  const register = readRegister(map, context)
  const use: IncludedRole = { range: node.range, scope: inner, place, validates: validates(options, context) }
  const literal = literalRequest(node, options)
  const now = literal && openNow(literal, use, context)
  if (now) context.included.set(common.id, now)
  return [
    {
      kind: 'include',
      ...common,
      what: 'role',
      target: context.language.value(node),
      ...(loop && { loop }),
      ...(register !== undefined && { register }),
      roleOptions: roleOptions(options, context),
      open: openLater(context, async (request, later) =>
        now && isSame(request, literal) ? now : openRole(request, use, later),
      ),
    },
  ]
}

interface IncludedRole {
  readonly range: Node['range']
  readonly scope: Scope
  readonly place: TaskPlace
  readonly validates: boolean
}

function roleOptions(options: Options, context: Context): NonNullable<Include['roleOptions']> {
  const value = (part: keyof RoleParts) => {
    const node = options.get(partOptions[part])
    return node && context.language.value(node)
  }
  const tasksFrom = value('tasks')
  const varsFrom = value('vars')
  const defaultsFrom = value('defaults')
  const handlersFrom = value('handlers')
  return {
    ...(tasksFrom && { tasksFrom }),
    ...(varsFrom && { varsFrom }),
    ...(defaultsFrom && { defaultsFrom }),
    ...(handlersFrom && { handlersFrom }),
    public: flagOption(options, { name: 'public', otherwise: false }, context),
  }
}

/** What a run will ask for, when it is all written out. */
function literalRequest(node: Node, options: Options): IncludeRequest | undefined {
  const nodes = [node, ...Object.values(partOptions).flatMap((option) => options.get(option) ?? [])]
  if (nodes.some(isTemplate)) return undefined
  const text = (option: string) => textOf(options.get(option))?.trim()
  const target = textOf(node)?.trim()
  if (target === undefined) return undefined
  return requestOf(target, {
    tasksFrom: text('tasks_from'),
    varsFrom: text('vars_from'),
    defaultsFrom: text('defaults_from'),
    handlersFrom: text('handlers_from'),
  })
}

type From = { readonly [K in Exclude<keyof IncludeRequest, 'target'>]: string | undefined }

function requestOf(
  target: string,
  { tasksFrom, varsFrom, defaultsFrom, handlersFrom }: From,
): IncludeRequest {
  return {
    target,
    ...(tasksFrom !== undefined && { tasksFrom }),
    ...(varsFrom !== undefined && { varsFrom }),
    ...(defaultsFrom !== undefined && { defaultsFrom }),
    ...(handlersFrom !== undefined && { handlersFrom }),
  }
}

const isSame = (a: IncludeRequest, b: IncludeRequest | undefined): boolean =>
  b !== undefined &&
  (['target', 'tasksFrom', 'varsFrom', 'defaultsFrom', 'handlersFrom'] as const).every(
    (key) => a[key] === b[key],
  )

function openNow(request: IncludeRequest, use: IncludedRole, context: Context): Included | undefined {
  const files = findRole(request.target, use.range, context)
  const isOpen =
    files && use.scope.role && [...use.scope.role.parents, use.scope.role.name].includes(request.target)
  // A role may include itself under a condition; how often is decided when it is reached.
  return files && !isOpen ? included(request, use, context) : undefined
}

async function openRole(request: IncludeRequest, use: IncludedRole, later: Later): Promise<Included> {
  const name = request.target.trim()
  const wanted = { kind: 'role', name, ...searchFrom(use.scope) } as const
  const context = await later.knowing(wanted)
  const built = included({ ...request, target: name }, use, context)
  if (!built) throw new EvaluationError(`The role "${name}" cannot be included.`, use.range)
  return built
}

function included(request: IncludeRequest, use: IncludedRole, context: Context): Included | undefined {
  const name = request.target
  const files = findRole(name, use.range, context)
  if (!files) return undefined
  const play = { ...use.scope.play, roles: [], roleHandlers: [] }
  const scope = { ...use.scope, play, files: [] }
  const from: RoleParts = {
    tasks: request.tasksFrom ?? 'main',
    vars: request.varsFrom ?? 'main',
    defaults: request.defaultsFrom ?? 'main',
    handlers: request.handlersFrom ?? 'main',
  }
  const { map } = use.place
  const call: RoleCall = {
    name,
    range: use.range,
    map,
    params: noParams(name),
    from,
    validates: use.validates,
  }
  const built = buildRole(call, files, { scope, context })
  return built && { steps: built.steps, handlers: play.roleHandlers, role: built.use }
}
