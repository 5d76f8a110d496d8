import { expect, test } from 'vitest'
import { memorySession } from '../support/host-session.ts'

test('lets a module stop at the first failure of several questions', async () => {
  const unhandled: unknown[] = []
  const listener = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', listener)
  const { session } = memorySession(() => {
    throw new Error('cut')
  })
  const probe = session.asActor(async (actor) => {
    const reader = session.reader(actor, { as: undefined })
    const early = reader.read(['one'])
    await reader.read(['two'])
    return early
  })
  await expect(probe).rejects.toThrow('cut')
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', listener)
  expect(unhandled).toEqual([])
})
