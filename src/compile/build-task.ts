import { literalValue } from '#lang/compile-value.ts'
import type { MapNode, Node } from '#model/node.ts'
import type { Conditions, Task } from '#model/program.ts'
import type { Value } from '#model/value.ts'
import { bindArguments } from './bind-arguments.ts'
import type { Context } from './context.ts'
import { enterScope } from './enter-scope.ts'
import { keywords as keywordTable } from './keyword-table.ts'
import { checkName } from './layer-vars.ts'
import { itemsOf, textOf, valueAt } from './node-reading.ts'
import { searchFrom } from './project-files.ts'
import { readLoop } from './read-loop.ts'
import { commonOf, type TaskPlace } from './step-place.ts'
import { typedValue } from './typed-value.ts'

/** Builds a module call. */
export function buildTask({ map, call, scope }: TaskPlace, context: Context): Task {
  const inner = enterScope(scope, map, { level: 17, origin: 'task vars' }, context)
  const loop = readLoop(map, context)
  const register = readRegister(map, context)
  const common = commonOf(map, inner, context)
  context.places.set(common.id, searchFrom(scope))
  return {
    kind: 'task',
    ...common,
    ...(call.local && {
      keywords: { ...common.keywords, delegateTo: literalValue('localhost', call.entry.keyRange) },
    }),
    module: call.name,
    args: bindArguments({ map, call, keywords: common.keywords }, context),
    ...(loop && { loop }),
    ...(register !== undefined && { register }),
    ...conditionsOf(map, context),
    ...valuesOf(map, context),
    notify: inner.notify,
    listen: listenOf(valueAt(map, 'listen')),
  }
}

/** The name a task's result gets; undefined when there is none or it cannot be one. */
export function readRegister(map: MapNode, context: Context): string | undefined {
  const node = valueAt(map, 'register')
  const name = textOf(node)
  if (!node || name === undefined) return undefined
  return checkName(name, node.range, context) ? name : undefined
}

function conditionsOf(map: MapNode, context: Context): Pick<Task, 'changedWhen' | 'failedWhen' | 'until'> {
  const read = (key: string): Conditions | undefined => {
    const node = valueAt(map, key)
    return node && context.language.conditions(node)
  }
  const changedWhen = read('changed_when')
  const failedWhen = read('failed_when')
  const until = read('until')
  return { ...(changedWhen && { changedWhen }), ...(failedWhen && { failedWhen }), ...(until && { until }) }
}

function valuesOf(map: MapNode, context: Context): Pick<Task, 'retries' | 'delay' | 'async' | 'poll'> {
  const read = (key: string): Value | undefined => {
    const node = valueAt(map, key)
    const type = keywordTable.get(key)?.type
    return node && type && typedValue(context.language.value(node), key, type)
  }
  const retries = read('retries')
  const delay = read('delay')
  const async = read('async')
  const poll = read('poll')
  return {
    ...(retries && { retries }),
    ...(delay && { delay }),
    ...(async && { async }),
    ...(poll && { poll }),
  }
}

/** The topics a handler listens to. */
export const listenOf = (node: Node | undefined): readonly string[] =>
  node ? itemsOf(node).flatMap((item) => textOf(item) ?? []) : []
