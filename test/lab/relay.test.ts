import { connect, createServer as createTcp } from 'node:net'
import { describe, expect, it } from 'vitest'
import { relayTo } from '#lab/relay.ts'
import { listening } from '../support/listening.ts'

describe('the relay', () => {
  it('carries bytes both ways and an end in one direction', async () => {
    const host = createTcp({ allowHalfOpen: true }, (socket) => {
      let got = ''
      socket.on('data', (chunk) => {
        got += chunk
      })
      socket.on('end', () => socket.end(`got ${got}`))
    })
    const relay = createTcp({ allowHalfOpen: true }, relayTo(await listening(host)))
    const { address, port } = await listening(relay)
    const client = connect({ host: address, port, allowHalfOpen: true })
    client.end('hello')
    let answer = ''
    for await (const chunk of client) answer += chunk
    expect(answer).toBe('got hello')
  })

  it('ends the connection when nobody answers behind it', async () => {
    const relay = createTcp(relayTo({ address: '127.0.0.1', port: 1 }))
    const { address, port } = await listening(relay)
    const client = connect(port, address)
    await new Promise((resolve) => client.on('error', resolve).on('close', resolve))
    expect(client.destroyed).toBe(true)
  })
})
