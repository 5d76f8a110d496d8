import { describe, expect, it } from 'vitest'
import { HostError } from '#model/host-error.ts'
import type { HostAddress } from '#model/transport.ts'
import { createConnector } from '#transport/connect.ts'
import { createMemoryConnect, type MemoryHost } from '#transport/memory.ts'
import { bytesOf, reasonOf, runFrame } from '../conformance/transport.ts'

const address: HostAddress = {
  host: 'web1',
  connection: 'memory',
  address: 'web1',
  connectTimeoutMs: 1000,
  retries: 0,
}
const open = (host: MemoryHost, signal = new AbortController().signal) =>
  createMemoryConnect(new Map([['web1', host]]))(address, signal)

describe('a host in memory', () => {
  it('answers frames with what its handler says', async () => {
    const connection = await open({
      run: ({ script, env }) => ({ rc: 3, stdout: `${script} ${env?.['A'] ?? ''}`, stderr: 'e' }),
    })
    expect(await runFrame(connection, { script: 'id', env: { A: 'b' } })).toEqual({
      rc: 3,
      stdout: 'id b',
      stderr: 'e',
      truncated: false,
    })
    expect(await runFrame(await open({ run: () => 'text' }), 'id')).toEqual({
      rc: 0,
      stdout: 'text',
      stderr: '',
      truncated: false,
    })
  })

  it('runs the frames of one user in order, and those of two side by side', async () => {
    const order: string[] = []
    const connection = await open({
      run: async ({ script }) => {
        order.push(`begin ${script}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
        order.push(`end ${script}`)
        return ''
      },
    })
    const as = { user: 'root', method: 'sudo' } as const
    await Promise.all(connection.send([{ script: 'a' }, { script: 'b' }, { script: 'r', as }]))
    expect(order.filter((step) => !step.endsWith('r'))).toEqual(['begin a', 'end a', 'begin b', 'end b'])
    expect(order.indexOf('begin r')).toBeLessThan(order.indexOf('end a'))
    expect(connection.count).toMatchObject({ flights: 2, frames: 3 })
  })

  it('fails frames as its handler does, and goes on', async () => {
    const connection = await open({
      run: ({ script }) => {
        if (script === 'bad') throw new HostError('connection-lost', 'gone')
        return 'fine'
      },
    })
    const [bad, good] = connection.send([{ script: 'bad' }, { script: 'good' }])
    expect(await reasonOf(bad)).toBe('connection-lost')
    expect((await good)?.stdout).toBe('fine')
  })

  it('keeps files', async () => {
    const files = new Map<string, Uint8Array>()
    const connection = await open({ run: () => '', files })
    async function* content() {
      yield Buffer.from('one ')
      yield Buffer.from('two')
    }
    await connection.upload({ path: '/a', content: content() })
    expect(files.get('/a')?.toString()).toBe('one two')
    expect((await bytesOf(connection.download({ path: '/a' }))).toString()).toBe('one two')
    expect(await reasonOf(bytesOf(connection.download({ path: '/b' })))).toBe('command-failed')
  })

  it('streams through its handler', async () => {
    const connection = await open({
      run: ({ env }) => ({ rc: 1, stdout: (env?.['STDIN'] ?? '').toUpperCase(), stderr: 'told' }),
    })
    async function* stdin() {
      yield Buffer.from('abc')
    }
    const { stdout, exit } = connection.stream({ script: 'tr', stdin: stdin() })
    expect((await bytesOf(stdout)).toString()).toBe('ABC')
    expect(await exit).toEqual({ rc: 1, stderr: 'told' })
  })

  it('is unreachable when closed or not there, and interrupted when stopped', async () => {
    const connection = await open({ run: () => '' })
    await connection.close()
    expect(await reasonOf(connection.send([{ script: 'id' }])[0])).toBe('unreachable')
    const controller = new AbortController()
    const stopped = await open({ run: () => '' }, controller.signal)
    controller.abort()
    expect(await reasonOf(stopped.send([{ script: 'id' }])[0])).toBe('interrupted')
    const connector = createConnector({ env: {}, homeDirectory: '/' })
    expect(await reasonOf(connector.connect(address, new AbortController().signal))).toBe('unreachable')
  })
})
