import type { MapNode, Node } from '#model/node.ts'
import type { Keywords } from '#model/program.ts'
import type { Value } from '#model/value.ts'
import type { Context } from './context.ts'
import { keywords as keywordTable } from './keyword-table.ts'
import { varsLayer } from './layer-vars.ts'
import { readModuleDefaults } from './module-defaults.ts'
import { itemsOf, valueAt } from './node-reading.ts'
import { readTags } from './read-tags.ts'
import type { Scope } from './scope.ts'
import { typedValue } from './typed-value.ts'

/** Keywords that a play, block or task hands down, with their names in a program. */
const handedDown = {
  any_errors_fatal: 'anyErrorsFatal',
  become: 'become',
  become_exe: 'becomeExe',
  become_flags: 'becomeFlags',
  become_method: 'becomeMethod',
  become_user: 'becomeUser',
  check_mode: 'checkMode',
  confirm: 'confirm',
  connection: 'connection',
  delegate_facts: 'delegateFacts',
  delegate_to: 'delegateTo',
  diff: 'diff',
  ignore_errors: 'ignoreErrors',
  ignore_unreachable: 'ignoreUnreachable',
  no_log: 'noLog',
  port: 'port',
  remote_user: 'remoteUser',
  run_once: 'runOnce',
  throttle: 'throttle',
  timeout: 'timeout',
} as const satisfies Record<string, keyof Keywords>

export const noKeywords: Keywords = { environment: [], moduleDefaults: [] }

/**
 * What holds inside a play, block, role entry, import or task: the innermost keyword wins, but `tags`, `when`,
 * `environment`, `module_defaults`, `notify` and `vars` add to those around it.
 */
export function enterScope(
  scope: Scope,
  map: MapNode,
  vars: { level: number; origin: string },
  context: Context,
): Scope {
  const varsNode = valueAt(map, 'vars')
  const notify = valueAt(map, 'notify')
  return {
    ...scope,
    keywords: inherit(scope.keywords, map, context),
    when: [...scope.when, ...conditionsAt(map, context)],
    tags: [...new Set([...scope.tags, ...readTags(valueAt(map, 'tags'), scope, context)])],
    layers: varsNode ? [...scope.layers, varsLayer(varsNode, vars, context)] : scope.layers,
    notify: notify ? [...scope.notify, context.language.value(notify)] : scope.notify,
  }
}

function conditionsAt(map: MapNode, context: Context) {
  const when = valueAt(map, 'when')
  return when ? context.language.conditions(when) : []
}

/** Keywords after those of one more mapping. */
export function inherit(outer: Keywords, map: MapNode, context: Context): Keywords {
  const own = Object.entries(handedDown).flatMap(([name, field]) => {
    const node = valueAt(map, name)
    const type = keywordTable.get(name)?.type
    return node && type ? [[field, typedValue(context.language.value(node), name, type)] as const] : []
  })
  return {
    ...outer,
    ...Object.fromEntries(own),
    environment: [...outer.environment, ...valuesOf(valueAt(map, 'environment'), context)],
    moduleDefaults: [
      ...outer.moduleDefaults,
      ...readModuleDefaults(valueAt(map, 'module_defaults'), context),
    ],
  }
}

const valuesOf = (node: Node | undefined, context: Context): readonly Value[] =>
  node ? itemsOf(node).map((item) => context.language.value(item)) : []
