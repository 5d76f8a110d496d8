import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { Members } from '#doubles/kubernetes/pods/members.ts'

const started: Members[] = []
afterEach(() => {
  for (const members of started.splice(0)) members.stop()
})

/** Two nodes that know each other, on ports of loopback that were free. */
async function pair(): Promise<readonly [Members, Members]> {
  const [first, second] = [await freeDatagramPort(), await freeDatagramPort()]
  const w1 = new Members('w1', first)
  const w2 = new Members('w2', second)
  started.push(w1, w2)
  const peers = [
    { name: 'w1', address: '127.0.0.1', port: first },
    { name: 'w2', address: '127.0.0.1', port: second },
  ]
  for (const members of [w1, w2]) members.know(peers)
  return [w1, w2]
}

async function freeDatagramPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

test('nodes that answer are alive, and nobody who never did', async () => {
  const [w1, w2] = await pair()
  expect([...w1.alive()]).toEqual(['w1'])
  await expect.poll(() => [...w1.alive()].toSorted(), { timeout: 10_000 }).toEqual(['w1', 'w2'])
  await expect.poll(() => [...w2.alive()].toSorted(), { timeout: 10_000 }).toEqual(['w1', 'w2'])
})

test('a node that has said nothing for six seconds is not, and the one that asks always is', async () => {
  const [w1] = await pair()
  await expect.poll(() => w1.alive().size, { timeout: 10_000 }).toBe(2)
  const now = performance.now()
  expect(w1.alive(now + 4000).has('w2')).toBe(true)
  expect([...w1.alive(now + 6000)]).toEqual(['w1'])
})
