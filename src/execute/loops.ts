import { EvaluationError, UndefinedName } from '#model/evaluation-error.ts'
import type { Loop } from '#model/program.ts'
import { Secret } from '#model/secret.ts'
import type { Scope } from './scope.ts'

export interface LoopItem {
  readonly item: unknown
  readonly label: string
  /** The loop's variables: the item, its index, `ansible_loop`. */
  readonly locals: ReadonlyMap<string, unknown>
}

/** The items of a loop. Throws when it is not a list. */
export function loopItems(loop: Loop, scope: Scope): readonly unknown[] {
  const over = loop.over.render(scope)
  if (!Array.isArray(over)) {
    throw new EvaluationError(`A loop needs a list, and this is ${kindOf(over)}.`, loop.over.range, {
      remedy: 'Write a list, or an expression that gives one.',
    })
  }
  return loop.flatten ? over.flat(1) : over
}

/** The variables one item brings. The label is rendered with them. */
export function loopItem(loop: Loop, items: readonly unknown[], index: number, scope: Scope): LoopItem {
  const item = items[index]
  const locals = new Map<string, unknown>([
    [loop.variable, item],
    ['ansible_loop_var', loop.variable],
    ...(loop.index === undefined
      ? []
      : ([
          [loop.index, index],
          ['ansible_index_var', loop.index],
        ] as const)),
    ...(loop.extended ? ([['ansible_loop', extended(items, index)]] as const) : []),
  ])
  return { item, locals, label: labelOf(loop, item, scope.with(locals)) }
}

function extended(items: readonly unknown[], index: number): unknown {
  const { length } = items
  return {
    allitems: items,
    index: index + 1,
    index0: index,
    revindex: length - index,
    revindex0: length - index - 1,
    first: index === 0,
    last: index === length - 1,
    length,
    ...(index > 0 ? { previtem: items[index - 1] } : {}),
    ...(index < length - 1 ? { nextitem: items[index + 1] } : {}),
  }
}

function labelOf(loop: Loop, item: unknown, scope: Scope): string {
  try {
    return asLabel(loop.label ? loop.label.render(scope) : item)
  } catch (error) {
    // A label is only for reading: a wrong one must not fail the task.
    if (error instanceof UndefinedName) return asLabel(item)
    throw error
  }
}

function asLabel(value: unknown): string {
  if (value instanceof Secret) return '***'
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object'
    ? 'a mapping'
    : `${typeof value === 'string' ? 'the text' : 'the value'} "${String(value)}"`
}
