/** A host that says nothing for as long is given up: more than the grace that its processes get. */
const silenceMs = 4000
/** A host may be slow, but one that never stops talking keeps nobody from leaving. */
const rounds = 5

/** Whether this work settles in that time. Rejects as it does. */
export function isDoneWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, milliseconds, false)
  const done = work.then(() => true)
  return Promise.race([done, promise]).finally(() => clearTimeout(timer))
}

/** Waits for this work on a host as long as `heard`, the bytes that came from there, grows. */
export async function whileHeard(heard: () => number, work: Promise<unknown>): Promise<void> {
  for (let round = 0, before = -1; round < rounds && heard() > before; round += 1) {
    before = heard()
    if (await isDoneWithin(silenceMs, work)) return
  }
}
