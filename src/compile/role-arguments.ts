import { mapValue } from '#lang/collection-values.ts'
import { literalValue } from '#lang/compile-value.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import type { MapNode, Node } from '#model/node.ts'
import type { RoleUse, Task } from '#model/program.ts'
import type { RoleFiles } from '#model/syntax.ts'
import type { Value } from '#model/value.ts'
import { type ArgumentSpec, type OptionSpec, readArgumentSpec } from '#sdk/argument-spec.ts'
import { ArgumentProblem, convertArgument } from '#sdk/convert-argument.ts'
import type { Context } from './context.ts'
import { mergeLayers } from './layer-vars.ts'
import { plainOf, valueAt } from './node-reading.ts'
import { providedArguments } from './provided-arguments.ts'
import type { RoleCall } from './role-call.ts'
import type { Scope } from './scope.ts'
import { staticLookup } from './static-lookup.ts'

/** The module that fails when the arguments of a role are wrong. */
export const argumentModule = 'validate_argument_spec'

const rules = ['mutually_exclusive', 'required_together', 'required_one_of', 'required_if']

function plainAt(map: MapNode, key: string): unknown {
  const node = valueAt(map, key)
  return node && plainOf(node)
}

interface RolePlace {
  readonly call: Pick<RoleCall, 'name' | 'range' | 'from' | 'map'>
  readonly files: RoleFiles
  readonly use: RoleUse
  readonly scope: Scope
}

/**
 * What the argument specification of a role adds (ruling 21): its defaults below those of `defaults/main.yml`, the
 * conversion of values, and a task at the role's start that fails when arguments are missing or wrong. What is
 * written out in the playbook is checked now. Undefined when the role has no specification for these tasks.
 */
export function roleArguments(
  place: RolePlace,
  context: Context,
): { readonly use: RoleUse; readonly check: readonly Task[] } | undefined {
  const node = specNode(place.files, place.call.from.tasks)
  if (!node) return undefined
  const spec = readArgumentSpec(plainOf(node))
  const { defaults } = place.use
  const use: RoleUse = {
    ...place.use,
    defaults: mergeLayers([{ ...defaults, vars: defaultsOf(node, context) }, defaults], defaults),
    conversions: new Map([...spec.options].map(([name, option]) => [name, conversion(name, option)])),
  }
  checkWritten(spec, place, context)
  return { use, check: [checkTask({ ...place, use }, { spec, node }, context)] }
}

function specNode({ argumentSpecs }: RoleFiles, tasksFrom: string): MapNode | undefined {
  const root = argumentSpecs?.root
  const specs = root?.kind === 'map' ? valueAt(root, 'argument_specs') : undefined
  const entry = specs?.kind === 'map' ? valueAt(specs, tasksFrom.replace(/\.(ya?ml|json)$/, '')) : undefined
  return entry?.kind === 'map' ? entry : undefined
}

function defaultsOf(spec: MapNode, context: Context): ReadonlyMap<string, Value> {
  const options = valueAt(spec, 'options')
  if (options?.kind !== 'map') return new Map()
  return new Map(
    options.entries.flatMap(({ key, value }) => {
      const node = value.kind === 'map' ? valueAt(value, 'default') : undefined
      return node && !isNull(node) ? [[key, context.language.value(node)] as const] : []
    }),
  )
}

const isNull = (node: Node): boolean => node.kind === 'scalar' && node.value === null

const conversion = (name: string, option: OptionSpec) => (value: unknown) => {
  try {
    return value === null || value === undefined ? value : convertArgument(name, value, option)
  } catch (cause) {
    if (!(cause instanceof ArgumentProblem)) throw cause
    throw new EvaluationError(cause.message, undefined, { cause: new ArgumentProblem(cause.message, value) })
  }
}

/** Params and vars of this use of the role that are literal; all else is checked when it is known. */
function checkWritten(spec: ArgumentSpec, { use, scope }: RolePlace, context: Context): void {
  for (const [name, option] of spec.options) {
    const layer = [use.params, ...scope.layers.toReversed()].find(({ vars }) => vars.has(name))
    const value = layer?.vars.get(name)
    if (!value?.literal) continue
    const problem = problemOf(() => convertArgument(name, value.render(staticLookup([])), option))
    if (problem === undefined) continue
    const message = `The role "${use.name}" cannot use this: ${problem}`
    context.report.add({ code: 'bad-role-argument', message, range: value.range })
  }
}

function problemOf(convert: () => unknown): string | undefined {
  try {
    convert()
    return undefined
  } catch (error) {
    if (error instanceof ArgumentProblem) return error.message
    throw error
  }
}

function checkTask(
  { call, use, scope }: RolePlace,
  { spec, node }: { spec: ArgumentSpec; node: MapNode },
  context: Context,
): Task {
  const entry = call.from.tasks.replace(/\.(ya?ml|json)$/, '')
  const args = [
    { key: 'argument_spec', value: literalValue(plainAt(node, 'options') ?? {}, call.range) },
    ...rules.flatMap((rule) => {
      const given = plainAt(node, rule)
      return given === undefined ? [] : [{ key: rule, value: literalValue(given, call.range) }]
    }),
    { key: 'provided_arguments', value: providedArguments(spec, call.range) },
    { key: 'role', value: literalValue(use.name, call.range) },
  ]
  return {
    kind: 'task',
    id: context.ids.next(call.range, use.name),
    name: literalValue(`Check the arguments of role ${use.name} (${entry})`, call.range),
    range: call.range,
    role: use,
    when: scope.when,
    tags: [...new Set([...scope.tags, 'always'])],
    layers: scope.layers,
    keywords: scope.keywords,
    module: argumentModule,
    args: mapValue(args, call.range),
    notify: [],
    listen: [],
  }
}
