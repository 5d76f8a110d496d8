import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { greets } from '#lab/until-ready.ts'
import { listening } from '../support/listening.ts'

describe('readiness', () => {
  it.each([
    ['SSH-2.0-OpenSSH_9.2\r\n', true],
    ['HTTP/1.1 400\r\n', false],
    ['', false],
  ])('of a server that says %j is %s', async (banner, ready) => {
    const server = createServer((socket) => socket.end(banner))
    expect(await greets(await listening(server))).toBe(ready)
  })

  it('is not given where nobody listens', async () => {
    expect(await greets({ address: '127.0.0.1', port: 1 })).toBe(false)
  })
})
