import type { RunEvent, TaskEnd } from '#model/event.ts'

/** What a task came to on a host. */
export interface Result {
  readonly status: TaskEnd['status']
  readonly changes: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[]
  readonly msg?: string
}

/** A task on a host that came out differently; on one side undefined when it was not run there. */
export interface Difference {
  readonly host: string
  readonly play: string
  readonly task: string
  readonly first: Result | undefined
  readonly second: Result | undefined
}

type Results = Map<string, Omit<Difference, 'first' | 'second'> & { readonly result: Result }>

/**
 * What differs between two runs, in the order of the second. Tasks are matched by play, role, name and host; those
 * with the same names by their order.
 */
export async function compareRuns(
  first: AsyncIterable<RunEvent>,
  second: AsyncIterable<RunEvent>,
): Promise<readonly Difference[]> {
  const [before, after] = [await resultsOf(first), await resultsOf(second)]
  const keys = new Set([...after.keys(), ...before.keys()])
  return [...keys].flatMap((key) => {
    const [a, b] = [before.get(key), after.get(key)]
    const place = b ?? a
    if (!place || JSON.stringify(a?.result) === JSON.stringify(b?.result)) return []
    const { host, play, task } = place
    return [{ host, play, task, first: a?.result, second: b?.result }]
  })
}

async function resultsOf(events: AsyncIterable<RunEvent>): Promise<Results> {
  const results: Results = new Map()
  for await (const event of events) {
    if (event.type !== 'task') continue
    const { host, play, role, task, status, changes, msg } = event
    const name = role === undefined ? task : `${role} : ${task}`
    const failed = status === 'failed' || status === 'unreachable'
    const result = {
      status,
      changes: changes.map(({ field, before, after }) => ({ field, before, after })),
      // Messages of successes hold times and ids that always differ.
      ...(failed && msg !== undefined && { msg }),
    }
    results.set(freeKey(results, [host, play, name]), { host, play, task: name, result })
  }
  return results
}

function freeKey(results: Results, names: readonly string[]): string {
  let count = 0
  while (results.has(JSON.stringify([...names, count]))) count++
  return JSON.stringify([...names, count])
}
