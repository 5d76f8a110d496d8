import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookScript, readLook } from '#sdk/wait-check.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-wait-'))
let port = 0
let worker: Worker | undefined

// A server of its own thread: the shells below are waited for synchronously.
beforeAll(async () => {
  const source = `const { createServer } = require('node:net'); const { parentPort } = require('node:worker_threads')
    const server = createServer((socket) => { socket.on('error', () => {}); socket.write('hello 42\\n') })
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`
  worker = new Worker(source, { eval: true })
  port = await new Promise((resolve) => worker?.once('message', resolve))
})

afterAll(async () => {
  await worker?.terminate()
  rmSync(folder, { recursive: true })
})

const tools: readonly (readonly [string, readonly string[]])[] = [
  ['bash', ['/usr/bin/bash', '/usr/bin/timeout']],
  ['python3', ['/usr/bin/python3']],
  ['BusyBox nc', ['/usr/bin/busybox:nc', '/usr/bin/busybox:sleep']],
  ['curl', ['/usr/bin/curl']],
  ['the table of the kernel', ['/usr/bin/cat', '/usr/bin/grep']],
]

const isThere = (programs: readonly string[]): boolean =>
  programs.every((program) => existsSync(program.split(':')[0] ?? ''))

describe.each(tools.filter(([, programs]) => isThere(programs)))(
  'a port, looked at with %s',
  (name, programs) => {
    const bin = join(folder, name.replaceAll(' ', '-'))
    beforeAll(() => {
      spawnSync('mkdir', [bin])
      for (const program of programs) {
        const [path = '', applet = path.split('/').at(-1) ?? ''] = program.split(':')
        symlinkSync(path, join(bin, applet))
      }
    })
    const look = (args: Parameters<typeof lookScript>[0]) => {
      const { stdout } = spawnSync('/bin/sh', ['-c', lookScript(args).text], {
        encoding: 'latin1',
        env: { PATH: bin },
      })
      return readLook(args, { rc: 0, stdout, stderr: '' })?.holds
    }

    test('is open or closed', () => {
      expect([look({ port }), look({ port: 1 })]).toEqual([true, false])
    })

    if (name === 'bash' || name === 'python3') {
      test('says something', () => {
        expect(look({ port, search_regex: '^hello \\d+$' })).toBe(true)
      })
    }
  },
)

test('a port with connections is not drained', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const local: AddressInfo['port'] = typeof address === 'object' && address ? address.port : 0
  const { connect } = await import('node:net')
  const socket = connect(local, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  const look = (args: Parameters<typeof lookScript>[0]) => {
    const { stdout } = spawnSync('/bin/sh', ['-c', lookScript(args).text], { encoding: 'latin1' })
    return readLook(args, { rc: 0, stdout, stderr: '' })?.holds
  }
  expect(look({ port: local, state: 'drained' })).toBe(false)
  expect(look({ port: local, state: 'drained', exclude_hosts: ['127.0.0.1'] })).toBe(true)
  socket.destroy()
  server.close()
})
