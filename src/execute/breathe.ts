import { setImmediate as nextTurn } from 'node:timers/promises'

/** Longer than this nobody shall wait to be heard: other hosts' answers, the display, a signal. */
const longestTurnMs = 20

let turnBegan = 0
let isNewTurn = true

/**
 * Lets everybody else have their turn when this one has taken long. Tasks whose answers are known take no other breath:
 * a thousand hosts would go through them in one go.
 */
export async function breathe(): Promise<void> {
  while (!isNewTurn && performance.now() - turnBegan >= longestTurnMs) await nextTurn()
  if (!isNewTurn) return
  isNewTurn = false
  turnBegan = performance.now()
  setImmediate(() => {
    isNewTurn = true
  })
}
