import type { JsonEvent } from './tsplay.ts'

/** What two runs of the same playbook may differ in. */
const fleeting = /^(duration_ms|time|start|end|delta|.time|.time_ns|inode|ino|nlink|size_of_folder)$/

const timeless = (key: string, value: unknown) => (fleeting.test(key) ? undefined : value)

/** Without lockstep, how many hosts will come to a task is a guess of the moment. */
const settled = (event: JsonEvent) => (event.type === 'task_start' ? { ...event, hosts: undefined } : event)

/**
 * What a run told of each host, in order, and of all: hosts work side by side, so only the order of one host's events is
 * fixed. `alter` sees each value by its name and may leave it out.
 */
export function toldByHost(
  events: readonly JsonEvent[],
  alter: (key: string, value: unknown) => unknown = (_, value) => value,
): Record<string, readonly string[]> {
  const told = events.filter(({ type }) => type !== 'recap' && type !== 'run_start' && type !== 'progress')
  const groups = Map.groupBy(told, (event) => String(event['host'] ?? 'all'))
  return Object.fromEntries(
    [...groups].map(([host, list]) => [
      host,
      list.map((event) => JSON.stringify(settled(event), (key, value) => alter(key, timeless(key, value)))),
    ]),
  )
}
