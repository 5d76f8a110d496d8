/** Works on all items, `most` at a time, starting in order. Rejects with the first error once all have ended. */
export async function limited<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]()
  const worker = async () => {
    for (const item of waiting) await work(item)
  }
  const workers = Array.from({ length: Math.max(1, Math.min(most, items.length)) }, worker)
  const ended = await Promise.allSettled(workers)
  const broken = ended.find((one) => one.status === 'rejected')
  if (broken) throw broken.reason
}
