import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withLabLock } from '#lab/lab-lock.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

describe('the lock of a lab', () => {
  it('is refused while its owner lives, and free afterwards', async () => {
    const state = join(await scratchFolder(), 'lab')
    await withLabLock(state, async () => {
      await expect(withLabLock(state, async () => 1)).rejects.toThrow(`process ${process.pid}`)
    })
    expect(await withLabLock(state, async () => 2)).toBe(2)
  })

  it.each([
    ['a dead owner', '{"pid":1,"startTicks":"no"}'],
    ['a torn file', '{"pi'],
  ])('passes over %s', async (_, text) => {
    const state = join(await scratchFolder(), 'lab')
    await writeFile(`${state}.lock`, text)
    expect(await withLabLock(state, async () => 3)).toBe(3)
  })

  it('is free after a failure', async () => {
    const state = join(await scratchFolder(), 'lab')
    await expect(withLabLock(state, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await withLabLock(state, async () => 4)).toBe(4)
  })
})
