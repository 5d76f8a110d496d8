import { expect, test } from 'vitest'
import { limited } from '#execute/limited.ts'

/** Runs work that ends when told to, and says how much of it was under way at once. */
async function watch(items: readonly number[], most: number, broken: readonly number[] = []) {
  const begun: number[] = []
  let now = 0
  let peak = 0
  const work = async (item: number): Promise<void> => {
    begun.push(item)
    now += 1
    peak = Math.max(peak, now)
    await new Promise((resolve) => setImmediate(resolve))
    now -= 1
    if (broken.includes(item)) throw new Error(`item ${item}`)
  }
  const error = await limited(items, most, work).catch((cause: unknown) => cause)
  return { begun, peak, left: now, error }
}

test.each([
  [5, 2, 2],
  [5, 5, 5],
  [5, 50, 5],
  [1, 3, 1],
  [3, 0, 1],
])('of %i items with a limit of %i, %i at most are under way', async (count, most, peak) => {
  const items = Array.from({ length: count }, (_, i) => i)
  expect(await watch(items, most)).toEqual({ begun: items, peak, left: 0, error: undefined })
})

test('does nothing for no items', async () => {
  expect(await watch([], 3)).toMatchObject({ begun: [], error: undefined })
})

test('rejects with the first error, and only when nothing is under way any more', async () => {
  const { error, left } = await watch([1, 2, 3, 4, 5, 6], 3, [2, 3])
  expect(error).toEqual(new Error('item 2'))
  expect(left).toBe(0)
})
