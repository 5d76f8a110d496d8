import type { Controller } from './controller.ts'

/** What `work` gives, or `late` when it takes longer. The work goes on; what becomes of it then is nobody's concern. */
export async function within<T, L>(
  work: Promise<T>,
  {
    milliseconds,
    late,
    controller,
  }: { milliseconds: number; late: L; controller: Pick<Controller, 'sleep'> },
): Promise<T | L> {
  const over = new AbortController()
  const timer = controller.sleep(milliseconds, over.signal).then(() => late)
  // Aborted when the work is done; and a failure after its time has nobody to tell.
  timer.catch(() => undefined)
  work.catch(() => undefined)
  try {
    return await Promise.race([work, timer])
  } finally {
    over.abort()
  }
}
