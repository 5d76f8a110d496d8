import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'

/** A turn of the event loop in which nobody had anything to do takes less. Milliseconds. */
const idleTurn = 0.1
/** Milliseconds. */
const pause = 2

/** Waits for a turn of the event loop in which others have next to nothing to do, or until it can wait no longer. */
export async function spareTime(isUrgent: () => boolean): Promise<void> {
  for (;;) {
    const began = performance.now()
    await nextTurn()
    if (performance.now() - began < idleTurn || isUrgent()) return
    await sleep(pause)
  }
}
