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
import { afterAll, describe, expect, test } from 'vitest'
import copy from '#modules/copy.ts'
import { openModuleBench } from '../support/module.ts'
import { mountTiny } from '../support/mounted-folder.ts'

const bench = openModuleBench()
const at = (...names: string[]): string => join(bench.folder, ...names)
const text = (...names: string[]): string => readFileSync(at(...names), 'utf8')
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8)

mkdirSync(at('files', 'tree', 'sub'), { recursive: true })
writeFileSync(at('files', 'motd'), 'Hello ü\n')
writeFileSync(at('files', 'run.sh'), '#!/bin/sh\n', { mode: 0o755 })
writeFileSync(at('files', 'tree', 'a'), 'alpha')
writeFileSync(at('files', 'tree', 'sub', 'b'), 'beta')
symlinkSync('../a', at('files', 'tree', 'sub', 'link'))
mkdirSync(at('host'))

afterAll(() => bench.close())

describe('a file', () => {
  test('is written with a diff, and left alone the second time', async () => {
    const args = { src: 'motd', dest: at('host', 'motd') }
    const check = await bench.run(copy, args, { mode: 'check' })
    expect(existsSync(at('host', 'motd'))).toBe(false)
    const outcome = await bench.converge(copy, args)
    expect(outcome.changes).toEqual(check.changes)
    expect(outcome.changes).toEqual([
      {
        field: 'state',
        before: 'absent',
        after: 'file',
        diff: { path: at('host', 'motd'), before: undefined, after: 'Hello ü\n' },
      },
    ])
    expect([text('host', 'motd'), modeOf(at('host', 'motd'))]).toEqual(['Hello ü\n', '644'])
  })

  test('keeps mode and owner of the one it replaces, and a backup', async () => {
    writeFileSync(at('host', 'old'), 'old\n')
    chmodSync(at('host', 'old'), 0o4711)
    const outcome = await bench.converge(copy, { content: 'new\n', dest: at('host', 'old'), backup: true })
    expect(outcome.changes[0]?.diff).toEqual({ path: at('host', 'old'), before: 'old\n', after: 'new\n' })
    expect([text('host', 'old'), modeOf(at('host', 'old'))]).toEqual(['new\n', '4711'])
    expect(readFileSync(String(outcome.result.data?.['backup_file']), 'utf8')).toBe('old\n')
  })

  test('goes into a folder under its name, and into a new one with a slash', async () => {
    await bench.converge(copy, { src: 'motd', dest: at('host') })
    await bench.converge(copy, {
      src: 'run.sh',
      dest: `${at('host', 'new', 'folder')}/`,
      mode: 'preserve',
      directory_mode: '0700',
    })
    expect([modeOf(at('host', 'new', 'folder')), modeOf(at('host', 'new', 'folder', 'run.sh'))]).toEqual([
      '700',
      '755',
    ])
  })

  test('is not put where there is no folder', async () => {
    const failing = bench.run(copy, { src: 'motd', dest: at('host', 'no', 'folder') })
    await expect(failing).rejects.toThrow(`Destination directory ${at('host', 'no')} does not exist`)
  })

  test('is not overwritten without force', async () => {
    writeFileSync(at('host', 'mine'), 'mine')
    const outcome = await bench.converge(copy, {
      content: 'yours',
      dest: at('host', 'mine'),
      force: false,
      mode: '0600',
    })
    expect([outcome.changes, text('host', 'mine')]).toEqual([[], 'mine'])
  })

  test('gets only its mode when the content is right', async () => {
    const outcome = await bench.converge(copy, { content: 'mine', dest: at('host', 'mine'), mode: 'g+w' })
    expect(outcome.changes).toEqual([{ field: 'mode', before: '0644', after: '0664' }])
  })

  test('takes the place of a link, or goes behind it when links are followed', async () => {
    writeFileSync(at('host', 'real'), 'real')
    symlinkSync('real', at('host', 'l1'))
    symlinkSync('real', at('host', 'l2'))
    await bench.converge(copy, { content: 'one', dest: at('host', 'l1'), follow: true })
    expect([text('host', 'real'), readlinkSync(at('host', 'l1'))]).toEqual(['one', 'real'])
    await bench.converge(copy, { content: 'two', dest: at('host', 'l2') })
    expect([text('host', 'real'), text('host', 'l2'), lstatSync(at('host', 'l2')).isFile()]).toEqual([
      'one',
      'two',
      true,
    ])
  })

  test('stays the old one when the check of the new one fails', async () => {
    writeFileSync(at('host', 'checked'), 'good')
    await expect(
      bench.run(copy, { content: 'bad', dest: at('host', 'checked'), validate: 'grep -q good %s' }),
    ).rejects.toThrow()
    expect(text('host', 'checked')).toBe('good')
    await bench.converge(copy, {
      content: 'very good',
      dest: at('host', 'checked'),
      validate: 'grep -q good %s',
    })
  })

  test('may be binary, large, empty or JSON', async () => {
    const binary = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256))
    writeFileSync(at('files', 'binary'), binary)
    const outcome = await bench.converge(copy, { src: 'binary', dest: at('host', 'binary') })
    expect(outcome.changes[0]?.diff).toBeUndefined()
    expect(readFileSync(at('host', 'binary'))).toEqual(binary)
    await bench.converge(copy, { content: '', dest: at('host', 'empty') })
    await bench.converge(copy, { content: { a: [1, null] }, dest: at('host', 'json') })
    expect([text('host', 'empty'), text('host', 'json')]).toEqual(['', '{"a": [1, null]}'])
  })

  test('must have the checksum that is given', async () => {
    const wrong = bench.run(copy, { src: 'motd', dest: at('host', 'sum'), checksum: '0'.repeat(40) })
    await expect(wrong).rejects.toThrow(/sha1 sum of motd is [0-9a-f]{40}, not 0+/)
  })

  test('needs exactly one source', async () => {
    await expect(bench.run(copy, { dest: at('x') })).rejects.toThrow(/Exactly one of/)
    await expect(bench.run(copy, { dest: at('x'), src: 'motd', content: 'x' })).rejects.toThrow(
      /Exactly one of/,
    )
    await expect(bench.run(copy, { dest: at('x'), src: 'nope' })).rejects.toThrow(/was not found/)
  })

  test('is not written over a folder', async () => {
    mkdirSync(at('host', 'dir'))
    await expect(bench.run(copy, { content: 'x', dest: at('host', 'dir') })).rejects.toThrow(/is a directory/)
  })
})

describe('a folder', () => {
  test('is copied with its name, links followed', async () => {
    const outcome = await bench.converge(copy, {
      src: 'tree',
      dest: at('host', 't1'),
      mode: '0600',
      directory_mode: '0711',
    })
    expect([text('host', 't1', 'tree', 'a'), text('host', 't1', 'tree', 'sub', 'link')]).toEqual([
      'alpha',
      'alpha',
    ])
    expect([modeOf(at('host', 't1', 'tree', 'sub')), modeOf(at('host', 't1', 'tree', 'a'))]).toEqual([
      '711',
      '600',
    ])
    expect(outcome.changes.map(({ field }) => field.split(' ')[0])).toEqual([
      'folder',
      'folder',
      'state',
      'mode',
      'state',
      'mode',
      'state',
      'mode',
    ])
  })

  test('is copied without its name after a slash, links as links when told', async () => {
    await bench.converge(copy, { src: 'tree/', dest: at('host', 't2'), local_follow: false })
    expect(readlinkSync(at('host', 't2', 'sub', 'link'))).toBe('../a')
    expect(readdirSync(at('host', 't2')).sort()).toEqual(['a', 'sub'])
  })

  test('sends only what differs and leaves alone what only the host has', async () => {
    writeFileSync(at('host', 't2', 'sub', 'b'), 'changed')
    writeFileSync(at('host', 't2', 'own'), 'own')
    const outcome = await bench.converge(copy, { src: 'tree/', dest: at('host', 't2'), local_follow: false })
    expect(outcome.changes.map(({ field, diff }) => [field, diff?.before])).toEqual([
      [`content ${at('host', 't2', 'sub', 'b')}`, 'changed'],
    ])
    expect([text('host', 't2', 'sub', 'b'), text('host', 't2', 'own')]).toEqual(['beta', 'own'])
  })
})

test('a vault file is decrypted, or written as it stands', async () => {
  const vault = '$ANSIBLE_VAULT;1.1;AES256\n6162\n'
  writeFileSync(at('files', 'vault'), vault)
  await expect(bench.run(copy, { src: 'vault', dest: at('host', 'vault') })).rejects.toThrow(/is encrypted/)
  await bench.converge(copy, { src: 'vault', dest: at('host', 'vault'), decrypt: false })
  expect(text('host', 'vault')).toBe(vault)
})

describe('on the host', () => {
  test('files are copied with validation and backup', async () => {
    writeFileSync(at('host', 'from'), 'source\n')
    const args = {
      src: at('host', 'from'),
      dest: at('host', 'to'),
      remote_src: true,
      mode: '0600',
      backup: true,
      validate: 'grep -q . %s',
    }
    expect((await bench.converge(copy, args)).changes[0]?.diff?.after).toBe('source\n')
    writeFileSync(at('host', 'from'), 'other\n')
    const outcome = await bench.converge(copy, args)
    expect([text('host', 'to'), modeOf(at('host', 'to'))]).toEqual(['other\n', '600'])
    expect(readFileSync(String(outcome.result.data?.['backup_file']), 'utf8')).toBe('source\n')
  })

  test('folders are copied', async () => {
    await bench.converge(copy, { src: `${at('host', 't2')}/`, dest: at('host', 't3'), remote_src: true })
    expect([text('host', 't3', 'sub', 'b'), readlinkSync(at('host', 't3', 'sub', 'link'))]).toEqual([
      'beta',
      '../a',
    ])
  })

  test('what is missing is said', async () => {
    await expect(bench.run(copy, { src: '/no/such', dest: at('x'), remote_src: true })).rejects.toThrow(
      /does not exist on the host/,
    )
  })
})

test('a full disk leaves the old file and no rubbish', async () => {
  const disk = mountTiny(at('tiny'))
  if (!disk) return
  writeFileSync(at('tiny', 'f'), 'old')
  const failing = bench.run(copy, { content: 'x'.repeat(100_000), dest: at('tiny', 'f') })
  await expect(failing).rejects.toMatchObject({ reason: 'disk-full' })
  writeFileSync(at('files', 'big'), Buffer.alloc(300_000, 0))
  await expect(bench.run(copy, { src: 'big', dest: at('tiny', 'f') })).rejects.toMatchObject({
    reason: 'disk-full',
  })
  expect([text('tiny', 'f'), readdirSync(at('tiny'))]).toEqual(['old', ['f']])
})

test('converged files cost a flight or two for each task, however many', async () => {
  for (let i = 0; i < 20; i += 1) writeFileSync(at('files', 'tree', 'sub', `file-${i}`), `content ${i}`)
  const tree = { src: 'tree/', dest: at('host', 't3'), local_follow: false }
  await bench.converge(copy, tree)
  await bench.session.reset()
  const before = await bench.session.flights()
  const outcomes = await Promise.all([
    bench.run(copy, { src: 'motd', dest: at('host', 'motd') }),
    bench.run(copy, { content: 'mine', dest: at('host', 'mine') }),
    bench.run(copy, tree),
  ])
  expect(outcomes.flatMap(({ changes }) => changes)).toEqual([])
  // One for those that ask at once; each may also come too late for it, and a folder asks for itself and for what it holds.
  expect((await bench.session.flights()) - before).toBeLessThanOrEqual(4)
})
