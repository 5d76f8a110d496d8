import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import { evaluate } from './evaluate.ts'
import type { TaskSite } from './module-call.ts'
import { flag } from './task-keywords.ts'
import type { TaskResult } from './task-result.ts'

/** A `no_log` that cannot be evaluated hides: showing a secret is the worse mistake. */
export async function isHidden({
  run,
  task,
  scope,
}: Pick<TaskSite, 'run' | 'task' | 'scope'>): Promise<boolean> {
  const { noLog } = task.keywords
  if (!noLog) return false
  return evaluate(run, scope, () => flag(noLog, scope)).catch(() => true)
}

/** What stands in the place of everything that is not shown. */
export const hidden = 'The output is hidden by "no_log".'

/**
 * What is shown and registered of a task with `no_log`: its verdict, and texts as secrets. Later tasks can use
 * the registered texts; nobody sees them.
 */
export function withheld<Result extends TaskResult & { readonly results?: readonly unknown[] }>(
  result: Result,
  onSecret: (text: string) => void,
): Result {
  const { outcome } = result
  const { status, changed, durationMs, attempts, ignored, rescued, because } = outcome
  return {
    ...result,
    outcome: {
      status,
      changed,
      durationMs,
      changes: [],
      diffs: [],
      noLog: true,
      ...(outcome.msg === undefined ? {} : { msg: hidden }),
      ...(attempts === undefined ? {} : { attempts }),
      ...(ignored ? { ignored } : {}),
      ...(rescued ? { rescued } : {}),
      ...(because === undefined ? {} : { because }),
    },
    registered: tainted(withoutChanges(result.registered), onSecret),
    ...(result.results ? { results: result.results.map(() => hidden) } : {}),
  }
}

/** As in the event: what changed is named by words such as "not run", which are no secrets, and by values, which are. */
function withoutChanges(registered: unknown): unknown {
  if (Array.isArray(registered)) return registered.map(withoutChanges)
  if (typeof registered !== 'object' || registered === null || !('changed' in registered)) return registered
  return {
    ...registered,
    ...('changes' in registered ? { changes: [] } : {}),
    ...('results' in registered ? { results: withoutChanges(registered.results) } : {}),
  }
}

/** Short words ("yes", "0") would make masking hide half of every text. */
const shortestSecret = 4

/** The same with every text in it a secret. */
export function tainted(value: unknown, onSecret: (text: string) => void): unknown {
  if (typeof value === 'string') {
    if (value.length >= shortestSecret) onSecret(value)
    return new Secret(value)
  }
  if (Array.isArray(value)) return value.map((item) => tainted(item, onSecret))
  if (typeof value !== 'object' || value === null || value instanceof Secret || value instanceof Unknown)
    return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, ownWords.has(key) ? item : tainted(item, onSecret)]),
  )
}

/** Fields of a result whose words are in every report, such as "file" or "root": as secrets they would mask those. */
const ownWords: ReadonlySet<string> = new Set([
  'ansible_loop_var',
  'ansible_index_var',
  'skip_reason',
  'state',
  'mode',
  'owner',
  'group',
  'start',
  'end',
])
