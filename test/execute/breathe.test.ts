import { expect, test } from 'vitest'
import { breathe } from '#execute/breathe.ts'

const busy = (milliseconds: number) => {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

test('work that goes on and on lets others have their turn', async () => {
  let turns = 0
  const count = () => {
    turns += 1
    timer = setImmediate(count)
  }
  let timer = setImmediate(count)
  const work = async () => {
    for (let i = 0; i < 10; i += 1) {
      await breathe()
      busy(5)
    }
  }
  // Six at a time: 300 ms in all, of which nobody may take more than a part at once.
  await Promise.all(Array.from({ length: 6 }, work))
  clearImmediate(timer)
  expect(turns).toBeGreaterThan(5)
})
