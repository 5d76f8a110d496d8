import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Unknown } from '#model/unknown.ts'
import uri from '#modules/uri.ts'
import { openModuleBench } from '../support/module.ts'
import { type Answer, type Asked, serve } from '../support/web-server.ts'

const bench = openModuleBench()
const at = (...names: string[]): string => join(bench.folder, ...names)
let server: Awaited<ReturnType<typeof serve>>

function answer({ url, method }: Asked): Answer {
  if (url === '/json')
    return {
      headers: { 'content-type': 'application/json; charset=utf-8', 'X-Custom': 'y' },
      body: '{"a":[1,"ü"]}',
    }
  if (url === '/created') return { status: 201 }
  if (url === '/moved') return { status: 303, headers: { location: '/json' } }
  if (url === '/broken') return { headers: { 'content-type': 'application/json' }, body: '{oops' }
  if (url === '/binary') return { body: Buffer.from([0, 255, 10, 13, 128]) }
  if (url === '/gone') return { status: 410, body: 'was here' }
  return { body: `${method} ok` }
}

beforeAll(async () => {
  server = await serve(answer)
})
beforeEach(() => {
  server.asked.length = 0
})
afterAll(async () => {
  await server.close()
  await bench.close()
})

const ask = (args: { url: string; [name: string]: unknown }) =>
  bench.run(uri, { ...args, url: server.url + args.url })

describe('uri', () => {
  test('registers status, headers and JSON', async () => {
    const { result, unsettled } = await ask({ url: '/json' })
    expect(result).toMatchObject({ failed: false, changed: false, msg: 'OK (14 bytes)' })
    expect(result.data).toMatchObject({
      status: 200,
      json: { a: [1, 'ü'] },
      x_custom: 'y',
      redirected: false,
    })
    expect(result.data).not.toHaveProperty('content')
    expect(unsettled).toEqual([])
  })

  test('fails for another status, with the text', async () => {
    const { result } = await ask({ url: '/gone' })
    expect(result).toMatchObject({
      failed: true,
      msg: 'Status code was 410 and not [200]: HTTP Error 410: Gone',
    })
    expect(result.data).toMatchObject({ status: 410, content: 'was here' })
    expect((await ask({ url: '/gone', status_code: [200, 410] })).result.failed).toBe(false)
  })

  test('fails without an answer', async () => {
    const { result } = await bench.run(uri, { url: 'http://127.0.0.1:1/' })
    expect(result.failed).toBe(true)
    expect(result.msg).toMatch(/^Status code was -1 and not \[200\]: Request failed: curl: /)
  })

  test.each([
    ['json', { body: { a: 'ü "x"' }, body_format: 'json' }, 'application/json', '{"a":"ü \\"x\\""}'],
    ['text', { body: "it's\n$HOME `x`", headers: { 'Content-Type': 'text/x' } }, 'text/x', "it's\n$HOME `x`"],
    [
      'a form',
      { body: { a: 'b c', d: ['1', '2'] }, body_format: 'form-urlencoded' },
      'application/x-www-form-urlencoded',
      'a=b%20c&d=1&d=2',
    ],
    [
      'pairs',
      {
        body: [
          ['a', 1],
          ['a', 2],
        ],
        body_format: 'form-urlencoded',
      },
      'application/x-www-form-urlencoded',
      'a=1&a=2',
    ],
  ])('sends %s', async (_title, args, type, text) => {
    await ask({ url: '/x', method: 'post', ...args })
    const [asked] = server.asked
    expect([asked?.method, asked?.headers['content-type'], asked?.body.toString()]).toEqual([
      'POST',
      type,
      text,
    ])
  })

  test('sends files and forms with files, whatever bytes they hold', async () => {
    const bytes = Buffer.from([0, 1, 255, 13, 10])
    mkdirSync(at('files'))
    writeFileSync(at('files', 'raw'), bytes)
    writeFileSync(at('on-host'), 'host')
    await ask({ url: '/x', method: 'PUT', src: 'raw' })
    await ask({ url: '/x', method: 'PUT', src: at('on-host'), remote_src: true })
    await ask({
      url: '/x',
      method: 'POST',
      body_format: 'form-multipart',
      body: { a: 'b', f: { filename: 'raw', mime_type: 'x/y' } },
    })
    const [file, onHost, form] = server.asked
    expect([file?.body.equals(bytes), onHost?.body.toString()]).toEqual([true, 'host'])
    expect(form?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=\w+$/)
    expect(form?.body.includes(bytes)).toBe(true)
    expect(form?.body.toString('latin1')).toContain('name="f"; filename="raw"\r\nContent-Type: x/y\r\n\r\n')
  })

  test('follows redirects of safe methods only, unless told', async () => {
    expect((await ask({ url: '/moved' })).result.data).toMatchObject({
      status: 200,
      redirected: true,
      json: { a: [1, 'ü'] },
    })
    expect((await ask({ url: '/moved', method: 'POST', status_code: [303] })).result.failed).toBe(false)
    expect((await ask({ url: '/moved', follow_redirects: 'none' })).result.data?.['status']).toBe(303)
  })

  test('writes the answer to a file, once', async () => {
    const first = await ask({ url: '/binary', dest: at('answer'), mode: '0600' })
    const second = await ask({ url: '/binary', dest: at('answer'), mode: '0600' })
    expect([first.result.changed, second.result.changed]).toEqual([true, false])
    expect(readFileSync(at('answer'))).toEqual(Buffer.from([0, 255, 10, 13, 128]))
    expect(statSync(at('answer')).mode & 0o777).toBe(0o600)
    expect((await ask({ url: '/gone', dest: at('nothing') })).result.failed).toBe(true)
    expect(existsSync(at('nothing'))).toBe(false)
  })

  test('asks nothing when a file says so', async () => {
    writeFileSync(at('here'), '')
    const created = await ask({ url: '/x', creates: at('her*') })
    const removed = await ask({ url: '/x', removes: at('nope') })
    expect([created.result.msg, removed.result.msg, server.asked]).toEqual([
      `skipped, since '${at('her*')}' exists`,
      `skipped, since '${at('nope')}' does not exist`,
      [],
    ])
  })

  test('asks nothing in check mode', async () => {
    const { changes } = await bench.run(uri, { url: `${server.url}/x` }, { mode: 'check' })
    expect([changes[0]?.after instanceof Unknown, server.asked]).toEqual([true, []])
  })

  test('returns the content when asked, and survives JSON that is none', async () => {
    const { result } = await ask({ url: '/broken', return_content: true, method: 'GET' })
    expect(result.data).toMatchObject({ content: '{oops' })
    expect(result.data).not.toHaveProperty('json')
  })

  test('logs in, and asks with other methods', async () => {
    await ask({ url: '/x', method: 'DELETE', url_username: 'me', url_password: 'pass' })
    await ask({ url: '/x', method: 'HEAD' })
    expect(server.asked.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['DELETE', `Basic ${btoa('me:pass')}`],
      ['HEAD', undefined],
    ])
  })
})
