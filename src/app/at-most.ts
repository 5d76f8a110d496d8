/** Runs at most `limit` pieces of work at a time; the others wait their turn, in order. */
export function atMost(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // The place passes on to who waits, so that nobody can slip in between.
      if (next) next()
      else running -= 1
    }
  }
}
