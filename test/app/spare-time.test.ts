import { expect, test } from 'vitest'
import { spareTime } from '#app/spare-time.ts'

/** Keeps every turn of the event loop busy until it is told to stop. */
function busyLoop(): { stop(): void; turns: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = 30
  let timer = setImmediate(work)
  function work() {
    const end = performance.now() + 1
    while (performance.now() < end);
    left -= 1
    if (left === 0) resolve()
    timer = setImmediate(work)
  }
  return { stop: () => clearImmediate(timer), turns: promise }
}

test('time is spare when others have nothing to do', async () => {
  await spareTime(() => false)
})

test('it is not while others work', async () => {
  const others = busyLoop()
  let hasTime = false
  const waiting = spareTime(() => false).then(() => {
    hasTime = true
  })
  await others.turns
  expect(hasTime).toBe(false)
  others.stop()
  await waiting
})

test('who cannot wait any longer does not', async () => {
  const others = busyLoop()
  let isUrgent = false
  const waiting = spareTime(() => isUrgent)
  await others.turns
  isUrgent = true
  await waiting
  others.stop()
})
