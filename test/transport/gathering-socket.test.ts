import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connectGathering } from '#transport/gathering-socket.ts'
import { markUsedOnce } from '#transport/used-once.ts'

async function pair(): Promise<readonly [Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port }: AddressInfo = Object(server.address())
  const [client, [accepted]] = [
    connectGathering({ host: '127.0.0.1', port }),
    await once(server, 'connection'),
  ]
  onTestFinished(() => void client.destroy())
  return [client, accepted]
}

test('keeps what is written in one turn until the turn is over', async () => {
  const [client, accepted] = await pair()
  if (client.connecting) await once(client, 'connect')
  client.write('one ')
  client.write('packet')
  expect(client.writableCorked).toBe(1)
  expect(client.writableLength).toBe(10)
  const [first] = await once(accepted, 'data')
  expect(String(first)).toBe('one packet')
  expect(client.writableCorked).toBe(0)
})

test('sends much of it at once, and all of it in order', async () => {
  const [client, accepted] = await pair()
  const pieces = Array.from({ length: 300 }, (_, i) => Buffer.alloc(1000 + i, i))
  for (const piece of pieces) client.write(piece)
  client.end()
  const arrived: Buffer[] = []
  for await (const chunk of accepted) arrived.push(chunk)
  expect(Buffer.concat(arrived).equals(Buffer.concat(pieces))).toBe(true)
})

test('gives memory back once it has been sent, where nobody reads it any more', async () => {
  const [client, accepted] = await pair()
  const content = Buffer.alloc(3_000_000, 'content')
  const single = Buffer.from(new Uint8Array(content).buffer)
  const kept = Buffer.from(new Uint8Array(content).buffer)
  const shared = Buffer.from(new Uint8Array(content).buffer).subarray(1)
  markUsedOnce(single)
  markUsedOnce(shared)
  for (const piece of [single, kept, shared]) client.write(piece)
  client.end()
  const arrived: Buffer[] = []
  for await (const chunk of accepted) arrived.push(chunk)
  expect(Buffer.concat(arrived).equals(Buffer.concat([content, content, content.subarray(1)]))).toBe(true)
  expect([single, kept, shared].map(({ length }) => length)).toEqual([0, content.length, content.length - 1])
})

test('gives memory back where the connection breaks, and not before the system has let go of it', async () => {
  const [client, accepted] = await pair()
  client.on('error', () => undefined)
  accepted.on('error', () => undefined)
  // More than any buffer on the way holds, so that most of it waits.
  const pieces = Array.from({ length: 40 }, () => Buffer.alloc(1_000_000, 'content'))
  for (const piece of pieces) {
    markUsedOnce(piece)
    client.write(piece)
  }
  await once(accepted, 'data')
  expect(pieces.at(-1)?.length).toBe(1_000_000)
  accepted.resetAndDestroy()
  await new Promise((resolve) => client.once('close', resolve))
  await expect.poll(() => pieces.every(({ length }) => length === 0)).toBe(true)
})
