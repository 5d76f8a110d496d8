import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type HttpResponse, parseHttp } from '#sdk/http-response.ts'
import { type HttpRequest, httpScript } from '#sdk/http-script.ts'
import { serve } from '../support/web-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-http-'))
const tools = [
  ['curl', '/usr/bin/curl'],
  ['wget', '/usr/bin/wget'],
  ["BusyBox's wget", '/usr/bin/busybox'],
] as const
let server: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  server = await serve(({ url, method }) => {
    if (url === '/moved') return { status: 302, headers: { location: '/there' } }
    if (url === '/gone') return { status: 404, body: 'gone' }
    return { headers: { 'X-One': '1' }, body: `${method} ${url}` }
  })
})
beforeEach(() => {
  server.asked.length = 0
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

describe.each(tools.filter(([, program]) => existsSync(program)))('with %s', (name, program) => {
  const bin = join(folder, name.replaceAll(/\W/g, ''))
  mkdirSync(bin)
  for (const small of ['cat', 'grep', 'rm']) symlinkSync(`/usr/bin/${small}`, join(bin, small))
  symlinkSync(program, join(bin, name === 'curl' ? 'curl' : 'wget'))

  const ask = (path: string, more: Partial<HttpRequest> = {}): Promise<HttpResponse & { body: string }> => {
    const script = httpScript({
      url: server.url + path,
      method: 'GET',
      follow: true,
      timeout: 5,
      ...more,
    }).text
    return new Promise((resolve) => {
      const child = spawn('/bin/sh', ['-c', script], {
        env: { PATH: bin, TMPDIR: folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const output = { stdout: '', stderr: '' }
      child.stdout.on('data', (text) => {
        output.stdout += text
      })
      child.stderr.on('data', (text) => {
        output.stderr += text
      })
      child.on('close', () => resolve({ ...parseHttp(output.stderr), body: output.stdout }))
    })
  }

  test('gets a page with its headers', async () => {
    expect(await ask('/a')).toMatchObject({
      status: 200,
      rc: 0,
      body: 'GET /a',
      headers: { 'x-one': '1' },
      location: undefined,
    })
  })

  test('follows redirects', async () => {
    expect(await ask('/moved')).toMatchObject({ status: 200, location: '/there', body: 'GET /there' })
  })

  test('tells the status of a failure', async () => {
    expect((await ask('/gone')).status).toBe(404)
  })

  test('sends headers, a login and a body whatever they hold', async () => {
    const body = 'a "b" \\ \n\t it\'s ü $HOME `x`'
    const headers = { 'X-H': 'q "z" \\ \' $PATH', 'Content-Type': 'text/x' }
    await ask('/post', { method: 'POST', body, headers, url_username: 'me', url_password: 'p"\\:w' })
    const [asked] = server.asked
    expect(asked?.body.toString()).toBe(body)
    expect(asked?.headers).toMatchObject({
      'x-h': headers['X-H'],
      'content-type': 'text/x',
      authorization: `Basic ${btoa('me:p"\\:w')}`,
    })
  })

  test('says why there is no answer', async () => {
    const { status, error, rc } = await ask('/x', { url: 'http://127.0.0.1:1/' })
    expect([status, rc]).not.toContain(200)
    expect(error).toMatch(/connect|refused/i)
  })

  test('asks with any method, or says that it cannot', async () => {
    const { status, error } = await ask('/put', { method: 'PUT', body: 'x' })
    if (program.endsWith('busybox')) expect(error).toContain('needs curl')
    else expect([status, server.asked[0]?.method]).toEqual([200, 'PUT'])
  })
})

test('refuses line breaks in headers and addresses', () => {
  const request = { url: 'http://x/', method: 'GET', follow: true }
  expect(() => httpScript({ ...request, headers: { A: 'b\r\nC: d' } })).toThrow(/line break/)
  expect(() => httpScript({ ...request, url: 'http://x/\ny' })).toThrow(/line break/)
})

test('a host without either program says so', async () => {
  const script = httpScript({ url: 'http://x/', method: 'GET', follow: true }).text
  const { spawnSync } = await import('node:child_process')
  const { stderr } = spawnSync('/bin/sh', ['-c', script], { env: { PATH: '/nowhere' }, encoding: 'utf8' })
  expect(parseHttp(stderr)).toMatchObject({
    status: 0,
    rc: 127,
    error: 'The host has neither curl nor wget.',
  })
})
