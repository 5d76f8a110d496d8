import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connectGathering } from '#transport/gathering-socket.ts'

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
