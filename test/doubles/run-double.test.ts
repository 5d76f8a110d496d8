import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { controlDoubles } from '#doubles/control-doubles.ts'
import { DoubleHost } from '#doubles/host.ts'
import { withLock } from '#doubles/lock.ts'
import { doubleBench } from '../support/doubles.ts'

describe('a double', () => {
  it('says where its state is when that is not what it wrote', async () => {
    const { root, ok } = await doubleBench()
    await ok('mailq')
    await writeFile(join(new DoubleHost(root).folder, 'mail.json'), '[]')
    await expect(ok('mailq')).rejects.toThrow('mail.json does not hold the state of a double')
  })
})

describe('a fault', () => {
  const fault = (root: string, given: object) => controlDoubles(root, ['fault', JSON.stringify(given)])

  it('answers in place of the double, for as many calls as it was given', async () => {
    const { root, run } = await doubleBench()
    await fault(root, { program: 'mailq', exit: 75, stderr: 'down\n', times: 2 })
    expect(await run('mailq')).toMatchObject({ exit: 75, stderr: 'down\n', stdout: '' })
    expect(await run('mailq')).toMatchObject({ exit: 75 })
    expect(await run('mailq')).toMatchObject({ exit: 0, stdout: 'Mail queue is empty\n' })
    expect(
      JSON.parse(await readFile(join(new DoubleHost(root).folder, 'faults.json'), 'utf8')).faults,
    ).toEqual([])
  })

  it('may be for one command alone, and be taken back', async () => {
    const { root, run } = await doubleBench()
    await fault(root, { program: 'mailq', words: ['-x'], exit: 1 })
    expect((await run('mailq')).exit).toBe(0)
    expect((await run('mailq -x')).exit).toBe(1)
    await controlDoubles(root, ['clear', 'mailq'])
    expect((await run('mailq -x')).exit).toBe(64)
  })

  it('takes the place of an older one for the same calls', async () => {
    const { root, run } = await doubleBench()
    await fault(root, { program: 'mailq', exit: 1 })
    await fault(root, { program: 'mailq', exit: 2 })
    expect((await run('mailq')).exit).toBe(2)
    expect((await controlDoubles(root, ['faults'])).stdout).toBe('{"program":"mailq","exit":2}\n')
  })

  it('that only delays lets the double answer', async () => {
    const { root, ok } = await doubleBench()
    await fault(root, { program: 'mailq', delayMs: 30 })
    const start = performance.now()
    expect(await ok('mailq')).toBe('Mail queue is empty\n')
    expect(performance.now() - start).toBeGreaterThanOrEqual(29)
  })
})

describe('the lock', () => {
  it('lets one in after the other', async () => {
    const name = `tsplay-test ${process.pid}`
    const seen: string[] = []
    const visit = (who: string) =>
      withLock(name, async () => {
        seen.push(`${who} in`)
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(`${who} out`)
      })
    await Promise.all([visit('a'), visit('b'), visit('c')])
    const pairs = [0, 2, 4].map((index) => seen.slice(index, index + 2).map((line) => line[0]))
    for (const [entered, left] of pairs) expect(entered).toBe(left)
  })

  it('is free again when its owner failed', async () => {
    const name = `tsplay-test-failed ${process.pid}`
    await expect(withLock(name, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await withLock(name, async () => 'next')).toBe('next')
  })
})
