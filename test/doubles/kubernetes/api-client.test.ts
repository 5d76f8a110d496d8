import { once } from 'node:events'
import { Agent, createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '#doubles/kubernetes/api-client.ts'
import { issueCertificate } from '#doubles/pki/x509.ts'

/** A server that hangs up on every connection that is used again; tells how often it was asked. */
async function forgetful() {
  const valid = { notBefore: new Date(Date.now() - 1000), notAfter: new Date(Date.now() + 60_000) }
  const { cert, key } = issueCertificate({ commonName: 'kubernetes', sans: ['127.0.0.1'], ...valid })
  const used = new WeakSet<Socket>()
  const asked: string[] = []
  const server = createServer({ cert, key }, ({ socket, method = '' }, response) => {
    asked.push(method)
    if (used.has(socket)) return socket.destroy()
    used.add(socket)
    return response.end('{}')
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port }: AddressInfo = Object(server.address())
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  return { asked, access: { server: `https://127.0.0.1:${port}`, ca: cert, agent } }
}

test('asks again when a server hangs up on a kept connection', async () => {
  const { access, asked } = await forgetful()
  for (let i = 0; i < 2; i += 1)
    expect(await callApi(access, { method: 'GET', path: '/' })).toMatchObject({ code: 200 })
  expect(asked).toEqual(['GET', 'GET', 'GET'])
})

test('does not say twice what changes something', async () => {
  const { access, asked } = await forgetful()
  await callApi(access, { method: 'POST', path: '/' })
  await expect(callApi(access, { method: 'POST', path: '/' })).rejects.toThrow('socket hang up')
  expect(asked).toEqual(['POST', 'POST'])
})
