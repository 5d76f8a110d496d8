import { compileSchema } from '#lang/json-schema.ts'
import { omit } from '#model/omit.ts'
import type { Task } from '#model/program.ts'
import { Secret } from '#model/secret.ts'
import { type ModuleDefinition, TaskFailure } from '#sdk/module.ts'
import type { RunState } from './run-state.ts'
import type { Scope } from './scope.ts'

/**
 * The arguments of one call: defaults of `module_defaults`, the task's own, rendered, typed and checked.
 * Secrets in them are told to the run, so that output masks them, and handed to the module as text.
 */
export function moduleArguments(run: RunState, task: Task, module: ModuleDefinition, scope: Scope): unknown {
  const given = { ...moduleDefaults(task, scope), ...asMapping(task.args.render(scope)) }
  const schema = compileSchema(module.args)
  const coerced = schema.coerce(revealed(run, given))
  const { evaluated, secret } = markedArguments(module)
  const issues = schema.validate(coerced).filter(({ path }) => !evaluated.has(String(path[0])))
  if (issues.length > 0) throw new TaskFailure(issues.map(({ message }) => message).join(' '))
  if (secret.length > 0) noteSecrets(run, secret, coerced)
  return coerced
}

function moduleDefaults(task: Task, scope: Scope): Readonly<Record<string, unknown>> {
  const layers = task.keywords.moduleDefaults.flatMap((defaults) => defaults.get(task.module) ?? [])
  return Object.assign({}, ...layers.map((layer) => asMapping(layer.render(scope))))
}

function asMapping(rendered: unknown): Record<string, unknown> {
  if (rendered === null || rendered === undefined || rendered === omit) return {}
  if (typeof rendered === 'object' && !Array.isArray(rendered)) return { ...rendered }
  throw new TaskFailure('The arguments of a module must be a mapping.')
}

interface MarkedArguments {
  /** Conditions and expressions arrive evaluated, which is not the form their schema describes; compile checked them. */
  readonly evaluated: ReadonlySet<string>
  readonly secret: readonly string[]
}

const known = new WeakMap<ModuleDefinition, MarkedArguments>()

function markedArguments(module: ModuleDefinition): MarkedArguments {
  const present = known.get(module)
  if (present) return present
  const marks = Object.entries(propertiesOf(module)).map(([name, schema]) => ({ name, mark: markOf(schema) }))
  const named = (...wanted: readonly string[]): readonly string[] =>
    marks.filter(({ mark }) => mark !== undefined && wanted.includes(mark)).map(({ name }) => name)
  const found = { evaluated: new Set(named('condition', 'expression')), secret: named('secret') }
  known.set(module, found)
  return found
}

function noteSecrets(run: RunState, names: readonly string[], args: unknown): void {
  if (typeof args !== 'object' || args === null) return
  for (const name of names) {
    const value: unknown = Reflect.get(args, name)
    if (typeof value === 'string') run.dependencies.onSecret(value)
  }
}

function propertiesOf(module: ModuleDefinition): Readonly<Record<string, unknown>> {
  const schema: { properties?: Readonly<Record<string, unknown>> } = module.args
  return schema.properties ?? {}
}

function markOf(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null || !('x-tsplay' in schema)) return undefined
  return typeof schema['x-tsplay'] === 'string' ? schema['x-tsplay'] : undefined
}

function revealed(run: RunState, value: unknown): unknown {
  if (value instanceof Secret) {
    run.dependencies.onSecret(value.reveal())
    return value.reveal()
  }
  if (Array.isArray(value)) return value.map((item) => revealed(run, item))
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealed(run, item)]))
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
