import { expect, test } from 'vitest'
import { HostError } from '#model/host-error.ts'
import waitForConnection from '#modules/wait-for-connection.ts'
import { openMemoryBench } from '../support/memory-bench.ts'

/** A host that is away for some attempts. */
const away = (attempts: number) => {
  let left = attempts
  return openMemoryBench(() => {
    left -= 1
    if (left >= 0) throw new HostError('unreachable', 'No route to host.')
    return ''
  })
}

test('is done at once when the host is there', async () => {
  const bench = away(0)
  const { result } = await bench.run(waitForConnection, {})
  expect([result.changed, result.data, bench.said]).toEqual([false, { elapsed: expect.any(Number) }, []])
})

test('tries until the host is there', async () => {
  const bench = away(3)
  const { result } = await bench.run(waitForConnection, { sleep: 2 })
  expect(result.changed).toBe(false)
  expect(bench.said).toHaveLength(3)
  expect(bench.said[0]).toMatch(/^waiting for the connection, \d+ of 600 s: No route to host\.$/)
})

test('gives up in time and says why', async () => {
  const failing = away(1000).run(waitForConnection, { timeout: 10, sleep: 1 })
  await expect(failing).rejects.toThrow('Timed out waiting for the connection: No route to host.')
})

test('does not wait for a host that hangs', async () => {
  const bench = openMemoryBench(() => new Promise(() => undefined))
  const failing = bench.run(waitForConnection, { timeout: 10, connect_timeout: 3 })
  await expect(failing).rejects.toThrow('did not answer in time')
})

test('asks nothing in check mode', async () => {
  const { result } = await away(1000).run(waitForConnection, {}, 'check')
  expect(result.changed).toBe(false)
})
