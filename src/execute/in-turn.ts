import { setImmediate as nextTurn } from 'node:timers/promises'

/** Longer than this nobody shall wait to be heard: other hosts' answers, the display, a signal. */
const longestTurnMs = 20

let turnBegan = 0
let isNewTurn = true

/**
 * Does work of one host when this turn of the event loop has not lasted long yet, else in a later one, so that everybody
 * else has theirs. A thousand hosts whose answers are known or come at once would go through their tasks in one go.
 *
 * Only what the work does before it waits for anything counts: those that are to be done at once look one after the other,
 * each just before it begins.
 */
export async function inTurn<T>(work: () => Promise<T> | T): Promise<T> {
  while (hasLastedLong()) await nextTurn()
  return work()
}

function hasLastedLong(): boolean {
  if (!isNewTurn) return performance.now() - turnBegan >= longestTurnMs
  isNewTurn = false
  turnBegan = performance.now()
  setImmediate(() => {
    isNewTurn = true
  })
  return false
}
