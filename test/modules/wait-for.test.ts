import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Unknown } from '#model/unknown.ts'
import waitFor from '#modules/wait-for.ts'
import { openModuleBench } from '../support/module.ts'

const bench = openModuleBench()
const at = (name: string): string => join(bench.folder, name)
const servers: Server[] = []

afterAll(async () => {
  for (const server of servers) server.close()
  await bench.close()
})

function listen(greeting = ''): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write(greeting)
    })
    servers.push(server)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
}

describe('a port', () => {
  test('that is open needs no waiting', async () => {
    const port = await listen()
    const { changes, result } = await bench.run(waitFor, { port })
    expect([changes, result.data?.['elapsed']]).toEqual([[], 0])
  })

  test('is waited for and reported as no change', async () => {
    const port = await listen()
    servers.pop()?.close()
    const waiting = bench.run(waitFor, { port, timeout: 20, sleep: 0.05 })
    setTimeout(() => {
      const server = createServer()
      servers.push(server)
      server.listen(port, '127.0.0.1')
    }, 200)
    const { result, unsettled } = await waiting
    expect([result.changed, unsettled]).toEqual([false, []])
  })

  test('that stays closed fails in time', async () => {
    await expect(bench.run(waitFor, { port: 1, timeout: 0.2, sleep: 0.1 })).rejects.toThrow(
      'Timeout when waiting for 127.0.0.1:1',
    )
    await expect(bench.run(waitFor, { port: 1, timeout: 0.1, msg: 'too slow' })).rejects.toThrow('too slow')
  })

  test('may be waited for to close', async () => {
    const port = await listen()
    await expect(bench.run(waitFor, { port, state: 'stopped', timeout: 0.1 })).rejects.toThrow(
      /to be stopped/,
    )
    expect((await bench.run(waitFor, { port: 1, state: 'stopped' })).changes).toEqual([])
  })

  test('may have to say something', async () => {
    const port = await listen('SSH-2.0-Test_1\r\n')
    const { result } = await bench.run(waitFor, { port, search_regex: 'SSH-(?P<version>[\\d.]+)-(\\w+)' })
    expect(result.data).toMatchObject({
      match_groups: ['2.0', 'Test_1'],
      match_groupdict: { version: '2.0' },
    })
  })

  test('may be drained', async () => {
    expect((await bench.run(waitFor, { port: 1, state: 'drained' })).changes).toEqual([])
  })
})

describe('a file', () => {
  test('may be there, or not, or have a text', async () => {
    writeFileSync(at('log'), 'one\nserver ü ready\n')
    expect((await bench.run(waitFor, { path: at('log') })).changes).toEqual([])
    expect((await bench.run(waitFor, { path: at('nope'), state: 'absent' })).changes).toEqual([])
    const { result } = await bench.run(waitFor, { path: at('log'), search_regex: '^server (\\S+) ready$' })
    expect(result.data?.['match_groups']).toEqual(['ü'])
  })

  test('is waited for', async () => {
    const waiting = bench.run(waitFor, { path: at('later'), timeout: 20, sleep: 0.05 })
    setTimeout(() => writeFileSync(at('later'), ''), 100)
    expect((await waiting).result.changed).toBe(false)
  })

  test('that does not come fails', async () => {
    await expect(bench.run(waitFor, { path: at('never'), search_regex: 'x', timeout: 0.1 })).rejects.toThrow(
      `Timeout when waiting for search string x in ${at('never')}`,
    )
  })
})

test('check mode looks once and does not wait', async () => {
  const { changes } = await bench.run(waitFor, { path: at('never') }, { mode: 'check' })
  expect(changes[0]?.after).toBeInstanceOf(Unknown)
  expect((await bench.run(waitFor, { path: at('log') }, { mode: 'check' })).changes).toEqual([])
})

test('without anything to wait for, it pauses', async () => {
  const { result } = await bench.run(waitFor, { timeout: 0.05 })
  expect(result.changed).toBe(false)
})

test.each([
  [{ port: 1, path: '/x' }, 'exclude each other'],
  [{ path: '/x', state: 'drained' }, 'about ports'],
  [{ state: 'drained' }, 'needs a port'],
])('refuses %j', async (args, message) => {
  await expect(bench.run(waitFor, args)).rejects.toThrow(message)
})
