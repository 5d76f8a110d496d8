import type { Redactor } from '#base/redactor.ts'
import type { Listener, RunEvent } from '#model/event.ts'
import { maskEvent } from './mask-event.ts'

/** How long a listener may take to finish its work after the recap. */
const closingMs = 10_000

/**
 * One listener that passes each event on to all, with secrets hidden once for all of them. A listener that throws
 * is told of no further events but is still closed; one that does not finish closing in ten seconds is left
 * behind. `complain` hears of it; the run never does.
 */
export function fanOut(
  listeners: readonly Listener[],
  redactor: Redactor,
  complain: (message: string) => void,
): Listener {
  const broken = new Set<Listener>()
  const giveUp = (listener: Listener, error: unknown): void => {
    if (!broken.has(listener))
      complain(`A report stopped: ${error instanceof Error ? error.message : String(error)}`)
    broken.add(listener)
  }
  const tell = (listener: Listener, event: RunEvent): void => {
    if (broken.has(listener)) return
    try {
      listener.on(event)
    } catch (error) {
      giveUp(listener, error)
    }
  }
  return {
    on(event) {
      const masked = maskEvent(event, redactor)
      for (const listener of listeners) tell(listener, masked)
    },
    async close() {
      await Promise.all(
        listeners.map(async (listener) => {
          try {
            await inTime(listener.close())
          } catch (error) {
            giveUp(listener, error)
          }
        }),
      )
    },
  }
}

async function inTime(closing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('It did not finish writing in time.')), closingMs)
  })
  try {
    await Promise.race([closing, late])
  } finally {
    clearTimeout(timer)
  }
}
