import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import synchronize from '#modules/synchronize.ts'
import { openModuleBench } from '../support/module.ts'

const bench = openModuleBench()
const at = (...names: string[]): string => join(bench.folder, ...names)
const text = (...names: string[]): string => readFileSync(at(...names), 'utf8')
let round = 0
let host = ''

mkdirSync(at('files', 'site', 'sub', 'empty'), { recursive: true })
writeFileSync(at('files', 'site', 'index'), 'home')
writeFileSync(at('files', 'site', 'sub', "it's a\nname"), 'odd')
writeFileSync(at('files', 'site', 'sub', 'run'), '#!/bin/sh\n', { mode: 0o755 })
writeFileSync(at('files', 'site', 'old.bak'), 'bak')
symlinkSync('../index', at('files', 'site', 'sub', 'link'))

beforeEach(() => {
  round += 1
  host = `host${round}`
  mkdirSync(at(host))
})
afterAll(() => bench.close())

describe('push', () => {
  test('copies what a folder holds: modes, links and empty folders', async () => {
    const args = { src: 'site/', dest: at(host, 'new', 'site') }
    const check = await bench.run(synchronize, args, { mode: 'check' })
    expect(existsSync(at(host, 'new'))).toBe(false)
    expect((await bench.converge(synchronize, args)).changes).toEqual(check.changes)
    expect([text(host, 'new', 'site', 'index'), text(host, 'new', 'site', 'sub', "it's a\nname")]).toEqual([
      'home',
      'odd',
    ])
    expect(readlinkSync(at(host, 'new', 'site', 'sub', 'link'))).toBe('../index')
    expect(statSync(at(host, 'new', 'site', 'sub', 'run')).mode & 0o777).toBe(0o755)
    expect(readdirSync(at(host, 'new', 'site', 'sub', 'empty'))).toEqual([])
  })

  test('copies the folder itself without a slash', async () => {
    await bench.converge(synchronize, { src: 'site', dest: at(host) })
    expect(text(host, 'site', 'index')).toBe('home')
  })

  test('sends only what differs', async () => {
    await bench.run(synchronize, { src: 'site/', dest: at(host) })
    writeFileSync(at(host, 'index'), 'edit')
    chmodSync(at(host, 'sub', 'run'), 0o600)
    const { changes } = await bench.converge(synchronize, { src: 'site/', dest: at(host) })
    expect(
      changes.map(({ field, before, after }) => [
        field,
        String(before).split(' ')[0],
        String(after).split(' ')[0],
      ]),
    ).toEqual([
      ['index', 'file', 'file'],
      ['mode sub/run', '0600', '0755'],
    ])
  })

  test('removes what only the host has when told, never what is excluded', async () => {
    mkdirSync(at(host, 'gone', 'deep'), { recursive: true })
    writeFileSync(at(host, 'gone', 'deep', 'x'), '')
    writeFileSync(at(host, 'keep.bak'), '')
    const args = { src: 'site/', dest: at(host), delete: true, exclude: ['*.bak'] }
    const { changes } = await bench.converge(synchronize, args)
    expect(changes.filter(({ after }) => after === 'absent').map(({ field }) => field)).toEqual(['gone'])
    expect([existsSync(at(host, 'keep.bak')), existsSync(at(host, 'old.bak'))]).toEqual([true, false])
  })

  test('keeps what only the host has otherwise', async () => {
    writeFileSync(at(host, 'own'), 'own')
    await bench.converge(synchronize, { src: 'site/', dest: at(host) })
    expect(text(host, 'own')).toBe('own')
  })

  test('replaces what is of another kind', async () => {
    mkdirSync(at(host, 'index'))
    writeFileSync(at(host, 'index', 'x'), '')
    symlinkSync('/tmp', at(host, 'sub'))
    await bench.converge(synchronize, { src: 'site/', dest: at(host) })
    expect([text(host, 'index'), lstatSync(at(host, 'sub')).isDirectory()]).toEqual(['home', true])
  })

  test('takes a single file', async () => {
    await bench.converge(synchronize, { src: 'site/index', dest: `${at(host)}/` })
    await bench.converge(synchronize, { src: 'site/index', dest: at(host, 'renamed') })
    expect([text(host, 'index'), text(host, 'renamed')]).toEqual(['home', 'home'])
  })

  test('only replaces when told', async () => {
    writeFileSync(at(host, 'index'), 'old')
    const { changes } = await bench.converge(synchronize, {
      src: 'site/',
      dest: at(host),
      rsync_opts: ['--existing', '-avz'],
    })
    expect(changes.map(({ field }) => field)).toEqual(['index'])
  })

  test('converged costs one flight', async () => {
    await bench.converge(synchronize, { src: 'site/', dest: at(host), exclude: ['link'] })
    await bench.session.reset()
    const before = await bench.session.flights()
    await bench.run(synchronize, { src: 'site/', dest: at(host), exclude: ['link'] })
    // Links are looked at once they are known.
    expect((await bench.session.flights()) - before).toBe(1)
  })
})

describe('pull', () => {
  test('brings a folder to the controller, and is silent the second time', async () => {
    const args = {
      mode: 'pull',
      src: `${at('files', 'site')}/`,
      dest: `pulled${round}`,
      delete: true,
      rsync_opts: ['--exclude=*.bak'],
    }
    mkdirSync(at(`pulled${round}`))
    writeFileSync(at(`pulled${round}`, 'extra'), '')
    await bench.converge(synchronize, args)
    expect(readdirSync(at(`pulled${round}`)).sort()).toEqual(['index', 'sub'])
    expect(readlinkSync(at(`pulled${round}`, 'sub', 'link'))).toBe('../index')
    expect(statSync(at(`pulled${round}`, 'sub', 'run')).mode & 0o777).toBe(0o755)
    expect(text(`pulled${round}`, 'sub', "it's a\nname")).toBe('odd')
  })
})

test.each([
  [{ src: 'nope', dest: '/x' }, /was not found/],
  [{ src: 'site/', dest: '/x', rsync_opts: ['--rsync-path=sudo rsync'] }, /does not know rsync's option/],
  [{ mode: 'pull', src: '/no/such', dest: 'x' }, /is no directory of the host/],
])('refuses %j', async (args, message) => {
  await expect(bench.run(synchronize, args)).rejects.toThrow(message)
})

test('does not write over a file', async () => {
  writeFileSync(at(host, 'file'), '')
  await expect(bench.run(synchronize, { src: 'site/', dest: at(host, 'file') })).rejects.toThrow(
    /is no directory/,
  )
})
