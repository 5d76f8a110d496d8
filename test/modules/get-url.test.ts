import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import getUrl from '#modules/get-url.ts'
import { openModuleBench } from '../support/module.ts'
import { type Answer, type Asked, serve } from '../support/web-server.ts'

const bench = openModuleBench()
const at = (...names: string[]): string => join(bench.folder, ...names)
const binary = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 17) % 256))
const sha = (content: Buffer, algorithm = 'sha256'): string =>
  createHash(algorithm).update(content).digest('hex')
let server: Awaited<ReturnType<typeof serve>>
let content = binary
const modified = 'Wed, 01 Jan 2020 00:00:00 GMT'

function answer({ url, headers }: Asked): Answer {
  if (url === '/missing') return { status: 404 }
  if (url === '/moved') return { status: 302, headers: { location: '/app.bin' } }
  if (url === '/private' && headers.authorization !== `Basic ${btoa('me:s"e\\cret')}`) return { status: 401 }
  if (url === '/SHA256SUMS') return { body: `${sha(Buffer.from('x'))}  other\n${sha(content)} *app.bin\n` }
  if (url === '/dated' && headers['if-modified-since']) return { status: 304 }
  return { body: content, headers: url === '/dated' ? { 'last-modified': modified } : {} }
}

beforeAll(async () => {
  server = await serve(answer)
})
beforeEach(() => {
  server.asked.length = 0
  content = binary
})
afterAll(async () => {
  await server.close()
  await bench.close()
})

describe('get_url', () => {
  test('downloads a file whole, and leaves it alone the second time', async () => {
    const args = { url: `${server.url}/app.bin?x=1`, dest: at('app'), mode: '0750' }
    const check = await bench.run(getUrl, args, { mode: 'check' })
    expect(existsSync(at('app'))).toBe(false)
    expect((await bench.converge(getUrl, args)).changes).toEqual(check.changes)
    expect([readFileSync(at('app')).equals(binary), statSync(at('app')).mode & 0o777]).toEqual([true, 0o750])
  })

  test('asks no server when the checksum is right', async () => {
    writeFileSync(at('known'), binary)
    const outcome = await bench.converge(getUrl, {
      url: `${server.url}/app.bin`,
      dest: at('known'),
      checksum: `sha1:${sha(binary, 'sha1')}`,
    })
    expect([outcome.changes, server.asked, outcome.result.msg]).toEqual([[], [], 'file already exists'])
  })

  test('takes the checksum from a list, and replaces a file with another one', async () => {
    writeFileSync(at('old'), 'old')
    const outcome = await bench.converge(getUrl, {
      url: `${server.url}/app.bin`,
      dest: at('old'),
      checksum: `sha256:${server.url}/SHA256SUMS`,
      backup: true,
    })
    expect(outcome.changes.map(({ field }) => field)).toEqual(['content'])
    expect(readFileSync(String(outcome.result.data?.['backup_file']), 'utf8')).toBe('old')
  })

  test('keeps the old file when the checksum is wrong', async () => {
    writeFileSync(at('kept'), 'kept')
    const failing = bench.run(getUrl, {
      url: `${server.url}/app.bin`,
      dest: at('kept'),
      checksum: `sha256:${'0'.repeat(64)}`,
    })
    await expect(failing).rejects.toThrow(
      new RegExp(`checksum for .*kept did not match 0{64}; it was ${sha(binary)}`),
    )
    expect(readFileSync(at('kept'), 'utf8')).toBe('kept')
    expect(readdirSync(bench.folder).filter((name) => name.includes('.tsplay-'))).toEqual([])
  })

  test('is told by the server that there is nothing newer', async () => {
    writeFileSync(at('dated'), 'anything')
    utimesSync(at('dated'), 1_700_000_000, 1_700_000_000)
    const outcome = await bench.run(getUrl, { url: `${server.url}/dated`, dest: at('dated') })
    expect(outcome.changes).toEqual([])
    expect(server.asked.map(({ headers }) => headers['if-modified-since'])).toEqual([
      'Tue, 14 Nov 2023 22:13:20 GMT',
    ])
    const forced = await bench.run(getUrl, { url: `${server.url}/dated`, dest: at('dated'), force: true })
    expect(forced.changes).toHaveLength(1)
  })

  test('compares what the server sends', async () => {
    content = Buffer.from('new')
    writeFileSync(at('same'), 'new')
    expect(
      (await bench.converge(getUrl, { url: `${server.url}/app.bin`, dest: at('same') })).changes,
    ).toEqual([])
  })

  test('goes into a folder under the name of the address', async () => {
    mkdirSync(at('folder'))
    await bench.converge(getUrl, { url: `${server.url}/a/my%20app.bin#x`, dest: at('folder') })
    expect(readdirSync(at('folder'))).toEqual(['my app.bin'])
  })

  test('follows redirects and logs in', async () => {
    await bench.converge(getUrl, { url: `${server.url}/moved`, dest: at('moved') })
    await bench.converge(getUrl, {
      url: `${server.url}/private`,
      dest: at('private'),
      url_username: 'me',
      url_password: 's"e\\cret',
      headers: { 'X-A': 'b "c" \\' },
    })
    expect(server.asked.at(-1)?.headers['x-a']).toBe('b "c" \\')
    expect([at('moved'), at('private')].map((path) => readFileSync(path).equals(binary))).toEqual([
      true,
      true,
    ])
  })

  test('only sets the mode of a file that is right', async () => {
    const outcome = await bench.converge(getUrl, {
      url: `${server.url}/app.bin`,
      dest: at('app'),
      mode: '0700',
    })
    expect(outcome.changes).toEqual([{ field: 'mode', before: '0750', after: '0700' }])
  })

  test.each([
    ['a missing page', { url: '/missing', dest: 'x' }, /HTTP Error 404: Not Found/],
    ['a missing folder', { url: '/app.bin', dest: 'no/x' }, /does not exist/],
    [
      'an unknown kind of checksum',
      { url: '/app.bin', dest: 'x', checksum: 'crc:1' },
      /must begin with its algorithm/,
    ],
    [
      'a checksum of the wrong length',
      { url: '/app.bin', dest: 'x', checksum: 'md5:12' },
      /not 32 hexadecimal/,
    ],
    [
      'a list without the file',
      { url: '/other.bin', dest: 'x', checksum: 'sha256:LIST' },
      /has no checksum for other.bin/,
    ],
  ])('refuses %s', async (_title, args, message) => {
    const whole = {
      ...args,
      url: server.url + args.url,
      dest: at(args.dest),
      ...('checksum' in args ? { checksum: args.checksum.replace('LIST', `${server.url}/SHA256SUMS`) } : {}),
    }
    await expect(bench.run(getUrl, whole)).rejects.toThrow(message)
    expect(existsSync(at('x'))).toBe(false)
  })

  test('says why there is no answer', async () => {
    await expect(bench.run(getUrl, { url: 'http://127.0.0.1:1/x', dest: at('x') })).rejects.toThrow(
      /Request failed: curl: .*connect/i,
    )
  })
})
