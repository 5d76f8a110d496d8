import type { Meta, MetaAction } from '#model/program.ts'
import type { Context } from './context.ts'
import { enterScope } from './enter-scope.ts'
import { textOf } from './node-reading.ts'
import { didYouMean } from './report.ts'
import { commonOf, type TaskPlace } from './step-place.ts'

/** What `meta` can be told to do. */
export const metaActions = [
  'flush_handlers',
  'end_play',
  'end_host',
  'end_batch',
  'end_role',
  'clear_facts',
  'clear_host_errors',
  'reset_connection',
  'refresh_inventory',
  'noop',
] as const satisfies readonly MetaAction[]

/** Builds a `meta` step: something that happens to the run, not to a host. */
export function buildMeta({ map, call, scope }: TaskPlace, context: Context): readonly Meta[] {
  const given = call.args?.kind === 'scalar' ? textOf(call.args)?.slice(call.argsFrom).trim() : undefined
  const action = metaActions.find((one) => one === given)
  const range = call.args?.range ?? map.range
  if (!action) {
    const message = `"meta" needs one of ${metaActions.join(', ')}${given ? `, not "${given}"` : ''}.`
    const remedy = given ? didYouMean(given, metaActions) : undefined
    context.report.add({ code: 'bad-argument', message, remedy, range })
    return []
  }
  if (scope.place === 'handler') {
    const message = '"meta" cannot be a handler.'
    context.report.add({ code: 'bad-keyword-use', message, range: call.entry.keyRange })
    return []
  }
  const inner = enterScope(scope, map, { level: 17, origin: 'task vars' }, context)
  return [{ kind: 'meta', ...commonOf(map, inner, context), action }]
}
