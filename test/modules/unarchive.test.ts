import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createController } from '#app/controller.ts'
import unarchive from '#modules/unarchive.ts'
import { openModuleBench } from '../support/module.ts'
import { serve } from '../support/web-server.ts'

const bench = openModuleBench()
const at = (...names: string[]): string => join(bench.folder, ...names)
const text = (...names: string[]): string => readFileSync(at(...names), 'utf8')
const formats: Readonly<Record<string, readonly string[]>> = {
  'app.tar': ['/usr/bin/tar', 'cf'],
  'app.tgz': ['/usr/bin/tar', 'czf'],
  'app.tar.bz2': ['/usr/bin/tar', 'cjf'],
  'app.tar.xz': ['/usr/bin/tar', 'cJf'],
  'app.tar.zst': ['/usr/bin/tar', '--zstd', '-cf'],
  'app.zip': ['/usr/bin/zip', '-qry'],
}
let dest = ''
let round = 0
let server: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  mkdirSync(at('tree', 'app', 'bin'), { recursive: true })
  writeFileSync(at('tree', 'app', "it's a"), 'alpha')
  writeFileSync(at('tree', 'app', 'empty'), '')
  writeFileSync(at('tree', 'app', 'bin', 'run'), '#!/bin/sh\n'.repeat(5000), { mode: 0o755 })
  symlinkSync('bin/run', at('tree', 'app', 'link'))
  mkdirSync(at('files'))
  for (const [name, command] of Object.entries(formats)) {
    const [program = '', ...words] = command
    execFileSync(program, [...words, at('files', name), 'app'], { cwd: at('tree') })
  }
  server = await serve(({ url }) =>
    url === '/app.tgz' ? { body: readFileSync(at('files', 'app.tgz')) } : { status: 404 },
  )
})
beforeEach(() => {
  round += 1
  dest = `dest${round}`
  mkdirSync(at(dest))
})
afterAll(async () => {
  await server.close()
  await bench.close()
})

describe('an archive of the controller', () => {
  test.each(Object.keys(formats))('%s is unpacked, once', async (name) => {
    const args = { src: name, dest: at(dest) }
    const check = await bench.run(unarchive, args, { mode: 'check' })
    expect(readdirSync(at(dest))).toEqual([])
    const outcome = await bench.converge(unarchive, args)
    expect(outcome.changes).toEqual(check.changes)
    expect([
      text(dest, 'app', "it's a"),
      readlinkSync(at(dest, 'app', 'link')),
      readdirSync(at(dest)),
    ]).toEqual(['alpha', 'bin/run', ['app']])
    expect(statSync(at(dest, 'app', 'bin', 'run')).mode & 0o777).toBe(0o755)
  })

  test('replaces a file that was edited, and keeps what it does not have', async () => {
    await bench.run(unarchive, { src: 'app.tgz', dest: at(dest) })
    writeFileSync(at(dest, 'app', "it's a"), 'ALPHA')
    writeFileSync(at(dest, 'app', 'own'), 'own')
    const { changes } = await bench.converge(unarchive, { src: 'app.tgz', dest: at(dest) })
    expect(changes.map(({ field }) => field)).toEqual([at(dest, 'app', "it's a")])
    expect([text(dest, 'app', "it's a"), text(dest, 'app', 'own')]).toEqual(['alpha', 'own'])
  })

  test('keeps what is newer when told', async () => {
    await bench.run(unarchive, { src: 'app.tgz', dest: at(dest) })
    writeFileSync(at(dest, 'app', "it's a"), 'newer')
    utimesSync(at(dest, 'app', "it's a"), 4_000_000_000, 4_000_000_000)
    expect(
      (await bench.converge(unarchive, { src: 'app.tgz', dest: at(dest), keep_newer: true })).changes,
    ).toEqual([])
  })

  test('leaves out leading folders', async () => {
    await bench.converge(unarchive, { src: 'app.tgz', dest: at(dest), extra_opts: ['--strip-components=1'] })
    expect(readdirSync(at(dest)).sort()).toEqual(['bin', 'empty', "it's a", 'link'])
  })

  test('takes a part, by pattern', async () => {
    await bench.converge(unarchive, { src: 'app.tgz', dest: at(dest), exclude: ['app/bin', '*/link'] })
    expect(readdirSync(at(dest, 'app')).sort()).toEqual(['empty', "it's a"])
    mkdirSync(at(dest, 'part'))
    await bench.converge(unarchive, { src: 'app.zip', dest: at(dest, 'part'), include: ['app/bin/*'] })
    expect(readdirSync(at(dest, 'part', 'app'))).toEqual(['bin'])
  })

  test('sets owner and mode of what it unpacked', async () => {
    const args = {
      src: 'app.tgz',
      dest: at(dest),
      mode: 'u=rwX,g=rX,o=',
      ...(process.getuid?.() === 0 ? { owner: '12', group: '34' } : {}),
    }
    await bench.converge(unarchive, args)
    const { mode, uid } = statSync(at(dest, 'app', "it's a"))
    expect([mode & 0o777, statSync(at(dest, 'app', 'bin')).mode & 0o777]).toEqual([0o640, 0o750])
    if (process.getuid?.() === 0) expect(uid).toBe(12)
  })

  test('is left alone when a file says so', async () => {
    const { changes, result } = await bench.converge(unarchive, {
      src: 'app.tgz',
      dest: at(dest),
      creates: at('tre*'),
    })
    expect([changes, result.msg]).toEqual([[], `skipped, since ${at('tre*')} exists`])
  })

  test('tells its names when asked', async () => {
    const { result } = await bench.run(unarchive, { src: 'app.zip', dest: at(dest), list_files: true })
    expect(result.data?.['files']).toEqual(expect.arrayContaining(['app/', 'app/bin/run', 'app/link']))
  })

  test('travels only when needed', async () => {
    await bench.run(unarchive, { src: 'app.tgz', dest: at(dest) })
    await bench.session.reset()
    const before = await bench.session.flights()
    await bench.run(unarchive, { src: 'app.tgz', dest: at(dest) })
    expect((await bench.session.flights()) - before).toBe(1)
  })
})

describe('an archive of the host', () => {
  test.each(['app.tar', 'app.tgz', 'app.tar.xz', 'app.zip'])('%s is unpacked, once', async (name) => {
    const args = { src: at('files', name), dest: at(dest), remote_src: true }
    await bench.converge(unarchive, args)
    expect(text(dest, 'app', "it's a")).toBe('alpha')
    expect(existsSync(at('files', name))).toBe(true)
  })

  test('is compared by content where tar can', async () => {
    const args = { src: at('files', 'app.tgz'), dest: at(dest), remote_src: true }
    await bench.run(unarchive, args)
    writeFileSync(at(dest, 'app', "it's a"), 'ALPHA')
    expect((await bench.converge(unarchive, args)).changes).toHaveLength(1)
    expect(text(dest, 'app', "it's a")).toBe('alpha')
  })

  test('may be downloaded there', async () => {
    await bench.converge(unarchive, { src: `${server.url}/app.tgz`, dest: at(dest), remote_src: true })
    expect(readdirSync(at(dest))).toEqual(['app'])
  })
})

test.each([
  ['a missing folder', { src: 'app.tgz', dest: 'nope' }, /must be an existing dir/],
  ['a missing archive', { src: 'nope.tgz', dest: '.' }, /was not found/],
  ['what is no archive', { src: 'none', dest: '.' }, /cannot be read/],
  ['a missing archive of the host', { src: '/no/such.tgz', dest: '.', remote_src: true }, /It is not there/],
  ['an address without an answer', { src: 'URL/nope', dest: '.', remote_src: true }, /HTTP status 404/],
])('refuses %s', async (_title, args, message) => {
  writeFileSync(at('files', 'none'), 'x'.repeat(1000))
  const src = args.src.replace('URL', server.url)
  await expect(bench.run(unarchive, { ...args, src, dest: at(args.dest) })).rejects.toThrow(message)
})

test('archives are read with names, modes, sums and links', async () => {
  const controller = createController({ folder: bench.folder })
  const sum = createHash('sha256').update('alpha').digest('hex')
  for (const name of Object.keys(formats)) {
    const { entries } = await controller.archive(name)
    expect(entries.find(({ path }) => path === "app/it's a")).toMatchObject({ type: 'file', size: 5, sum })
    expect(entries.find(({ path }) => path === 'app/link')).toMatchObject({ type: 'link', target: 'bin/run' })
    expect(entries.find(({ path }) => path === 'app/bin/run')).toMatchObject({ mode: 0o755, size: 50_000 })
  }
})
