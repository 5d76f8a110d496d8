import { expect, test } from 'vitest'
import { inTurn } from '#execute/in-turn.ts'

const busy = (milliseconds: number) => {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

/** How many turns of the event loop pass while work is done. */
async function turnsOf(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  const count = () => {
    turns += 1
    timer = setImmediate(count)
  }
  let timer = setImmediate(count)
  await work()
  clearImmediate(timer)
  return turns
}

test('work that goes on and on lets others have their turn', async () => {
  const one = async () => {
    for (let i = 0; i < 5; i += 1) await inTurn(() => busy(5))
  }
  // Six at a time: 150 ms in all, of which nobody may take more than a part at once.
  expect(await turnsOf(() => Promise.all(Array.from({ length: 6 }, one)))).toBeGreaterThan(3)
})

test('as does the work of many that begin at once', async () => {
  const one = () => inTurn(() => busy(5))
  expect(await turnsOf(() => Promise.all(Array.from({ length: 30 }, one)))).toBeGreaterThan(3)
})

test('work that waited for its turn fails as any other', async () => {
  const fail = () =>
    inTurn(() => {
      busy(15)
      throw new Error('It failed.')
    })
  const ends = await Promise.allSettled(Array.from({ length: 6 }, fail))
  expect(ends.map(({ status }) => status)).toEqual(Array(6).fill('rejected'))
})
