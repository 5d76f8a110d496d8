import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { relayTo } from '#lab/relay.ts'
import { Road } from '#lab/road.ts'

/** A connection through a relay to a server that sends everything back. */
async function echoOver(road: Road): Promise<Socket> {
  const far = createServer(
    { allowHalfOpen: true },
    (socket) => void socket.on('error', () => undefined).pipe(socket),
  )
  const relay = createServer({ allowHalfOpen: true })
  for (const server of [far, relay]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
  }
  relay.on('connection', relayTo({ address: '127.0.0.1', port: portOf(far) }, road))
  const socket = connect(portOf(relay), '127.0.0.1')
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** Settles when as many bytes came back. */
function answer(socket: Socket, length: number): Promise<string> {
  return new Promise((resolve) => {
    let came = ''
    socket.on('data', (chunk: Buffer) => {
      came += chunk.toString('latin1')
      if (came.length >= length) resolve(came)
    })
  })
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

describe('a road', () => {
  it('carries all bytes in their order, however many', async () => {
    const lane = new Road(5).lane()
    const arrived = text(lane)
    const sent = Array.from({ length: 3000 }, (_, n) => `${n}:${'x'.repeat(2048)};`)
    for (const part of sent) if (!lane.write(part)) await once(lane, 'drain')
    lane.end()
    expect(await arrived).toBe(sent.join(''))
  })

  it('delays both directions, also of connections that are open already', async () => {
    const road = new Road()
    const socket = await echoOver(road)
    socket.write('first')
    await answer(socket, 5)
    road.change({ delayMs: 40 })
    const took = await timeOf(() => {
      socket.write('second')
      return answer(socket, 6)
    })
    // Node.js' timers may be a millisecond early by this clock.
    expect(took).toBeGreaterThan(76)
  })

  it('lets so many bytes a second through', async () => {
    const road = new Road()
    road.change({ bytesPerSecond: 1_000_000 })
    const socket = await echoOver(road)
    const took = await timeOf(() => {
      socket.write('x'.repeat(100_000))
      return answer(socket, 100_000)
    })
    expect(took).toBeGreaterThan(97)
  })

  it('that is cut is silent, and brings everything when it is whole again', async () => {
    const road = new Road()
    const socket = await echoOver(road)
    road.change({ isCut: true })
    let came = ''
    socket.on('data', (chunk: Buffer) => {
      came += chunk.toString()
    })
    socket.write('hello')
    // Another connection's whole way there and back lies between.
    const other = await echoOver(new Road())
    other.write('ping')
    await answer(other, 4)
    expect(came).toBe('')
    road.change({ clear: true })
    await expect.poll(() => came).toBe('hello')
  })

  it('keeps the order of one connection, whatever becomes of others', async () => {
    const road = new Road()
    road.change({ reorderMs: 20 })
    const socket = await echoOver(road)
    const parts = Array.from({ length: 50 }, (_, index) => `${index},`)
    for (const part of parts) socket.write(part)
    expect(await answer(socket, parts.join('').length)).toBe(parts.join(''))
  })

  it('ends the connections there are when it drops them, and carries new ones', async () => {
    const road = new Road()
    const socket = await echoOver(road)
    const ended = new Promise((resolve) => socket.once('close', resolve))
    road.change({ drop: true })
    await ended
    const next = await echoOver(road)
    next.write('again')
    expect(await answer(next, 5)).toBe('again')
  })

  it('goes back to what it was when the lab came up', () => {
    const road = new Road(20)
    road.change({ delayMs: 500, bytesPerSecond: 1, isCut: true })
    road.change({ clear: true })
    expect(road.state).toEqual({ delayMs: 20, reorderMs: 0, isCut: false })
  })
})
