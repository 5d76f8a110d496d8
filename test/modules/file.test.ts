import {
  existsSync,
  linkSync,
  lstatSync,
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
import { afterAll, describe, expect, test } from 'vitest'
import type { Change } from '#model/change.ts'
import file from '#modules/file.ts'
import { openModuleBench } from '../support/module.ts'
import { mountTiny } from '../support/mounted-folder.ts'
import { aPlace, nothing } from '../support/text-state.ts'

const bench = openModuleBench()
const at = (...names: string[]): string => join(bench.folder, ...names)
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8)

afterAll(() => bench.close())

const plan = (args: object, state: object): readonly Change[] =>
  file.plan({
    args: { path: '/f', ...args },
    state: { place: aPlace(), source: undefined, below: [], ...state },
    mode: 'apply',
  })

describe('plans', () => {
  const folder = aPlace({ type: 'directory', mode: 0o755 })
  const link = aPlace({ type: 'link' }, { link: { target: '/t', real: '/t' }, followed: aPlace().entry })
  test.each([
    ['nothing for a folder that is there', { state: 'directory' }, { place: folder }, []],
    ['a missing folder', { state: 'directory' }, { place: nothing }, ['state absent → directory']],
    ['a mode', { mode: '0600' }, {}, ['mode 0644 → 0600']],
    [
      'a symbolic mode',
      { mode: 'a+X', state: 'directory' },
      { place: aPlace({ type: 'directory', mode: 0o700 }) },
      ['mode 0700 → 0711'],
    ],
    ['an owner by number', { owner: '0' }, {}, []],
    ['an owner by name', { owner: 'www' }, {}, ['owner root → www']],
    ['a new file', { state: 'touch' }, { place: nothing }, ['state absent → file']],
    [
      'the present time',
      { state: 'touch' },
      {},
      ['modification_time 19700101000.02 → now', 'access_time 19700101000.01 → now'].map((text) =>
        text.replace('19700101000', '197001010000'),
      ),
    ],
    [
      'no time when it is to stay',
      { state: 'touch', modification_time: 'preserve', access_time: 'preserve' },
      {},
      [],
    ],
    ['a given time', { modification_time: '197001010000.02' }, {}, []],
    ['a removal', { state: 'absent' }, {}, ['state file → absent']],
    ['no removal of nothing', { state: 'absent' }, { place: nothing }, []],
    ['a link', { state: 'link', src: '/t' }, { place: nothing, source: aPlace() }, ['link absent → /t']],
    ['nothing for a link that is right', { state: 'link', src: '/t' }, { place: link, source: aPlace() }, []],
    ['another link', { state: 'link', src: '/u' }, { place: link, source: aPlace() }, ['link /t → /u']],
    [
      'a link to nothing when forced',
      { state: 'link', src: '/t', force: true },
      { place: nothing, source: nothing },
      ['link absent → /t'],
    ],
    ['a link without saying so', { src: '/t' }, { place: nothing, source: aPlace() }, ['link absent → /t']],
    ['nothing for one hard link', { state: 'hard', src: '/t' }, { source: aPlace() }, []],
    [
      'a hard link',
      { state: 'hard', src: '/t' },
      { place: nothing, source: aPlace({ inode: 9 }) },
      ['link absent → /t'],
    ],
  ])('%s', (_title, args, state, expected) => {
    expect(plan(args, state).map(({ field, before, after }) => `${field} ${before} → ${after}`)).toEqual(
      expected,
    )
  })

  test.each([
    ['a file that is missing', {}, { place: nothing }, 'is absent, cannot continue'],
    ['a folder as a file', { state: 'file' }, { place: folder }, 'is directory, cannot continue'],
    ['a file as a folder', { state: 'directory' }, {}, 'already exists as a file'],
    [
      'a link to nothing',
      { state: 'link', src: '/t' },
      { place: nothing, source: nothing },
      'src file does not exist',
    ],
    [
      'a link in place of a file',
      { state: 'link', src: '/t' },
      { source: aPlace() },
      'refusing to convert from file to link',
    ],
    [
      'a link in place of a folder',
      { state: 'link', src: '/t' },
      { place: folder, source: aPlace() },
      'refusing to convert from directory',
    ],
    ['a hard link to nothing', { state: 'hard', src: '/t' }, { source: nothing }, 'src does not exist'],
    [
      'to touch without a folder',
      { state: 'touch' },
      { place: { ...nothing, hasParent: false } },
      'does not exist',
    ],
    ['recurse on a file', { state: 'file', recurse: true }, {}, 'needs "state: directory"'],
    ['src without a link', { state: 'directory', src: '/t' }, { place: folder }, 'has a meaning only'],
    ['to remove the root', { state: 'absent', path: '//' }, {}, 'root folder'],
    ['a time it cannot read', { modification_time: 'yesterday' }, {}, 'is not a time'],
  ])('not %s', (_title, args, state, message) => {
    expect(() => plan(args, state)).toThrow(message)
  })
})

describe('for real', () => {
  test('makes a folder and those above it: mode for the last, 0755 for the others', async () => {
    const args = { path: at('a', "it's new", 'c'), state: 'directory', mode: '2770' }
    const check = await bench.run(file, args, { mode: 'check' })
    expect(existsSync(at('a'))).toBe(false)
    expect((await bench.converge(file, args)).changes).toEqual(check.changes)
    expect([modeOf(at('a')), modeOf(at('a', "it's new")), modeOf(args.path)]).toEqual(['755', '755', '2770'])
  })

  test.runIf(process.getuid?.() === 0)('hands new folders over, and only those', async () => {
    mkdirSync(at('kept'))
    await bench.converge(file, {
      path: at('kept', 'x', 'y'),
      state: 'directory',
      owner: '12',
      group: '34',
      mode: '0700',
    })
    const owner = (path: string): number[] => [statSync(path).uid, statSync(path).gid]
    expect([owner(at('kept')), owner(at('kept', 'x')), owner(at('kept', 'x', 'y'))]).toEqual([
      [0, 0],
      [12, 34],
      [12, 34],
    ])
  })

  test('goes down a tree, with X for folders and programs', async () => {
    mkdirSync(at('tree', 'sub'), { recursive: true })
    writeFileSync(at('tree', 'sub', 'plain'), '', { mode: 0o600 })
    writeFileSync(at('tree', 'run'), '', { mode: 0o700 })
    symlinkSync('/nowhere', at('tree', 'link'))
    await bench.converge(file, { path: at('tree'), state: 'directory', recurse: true, mode: 'u=rwX,g=rX,o=' })
    expect(
      [at('tree'), at('tree', 'sub'), at('tree', 'sub', 'plain'), at('tree', 'run')].map(modeOf),
    ).toEqual(['750', '750', '640', '750'])
  })

  test('makes, changes and keeps links', async () => {
    writeFileSync(at('one'), '1')
    writeFileSync(at('two'), '2')
    await bench.converge(file, { path: at('link'), src: 'one', state: 'link' })
    await bench.converge(file, { path: at('link'), src: at('two'), state: 'link' })
    expect(readlinkSync(at('link'))).toBe(at('two'))
    await bench.converge(file, {
      path: at('dangling'),
      src: '/no/where',
      state: 'link',
      force: true,
      follow: false,
    })
    expect(readlinkSync(at('dangling'))).toBe('/no/where')
  })

  test('links to a folder are changed, not filled', async () => {
    mkdirSync(at('d1'))
    mkdirSync(at('d2'))
    await bench.converge(file, { path: at('dlink'), src: 'd1', state: 'link' })
    await bench.converge(file, { path: at('dlink'), src: 'd2', state: 'link' })
    expect([readlinkSync(at('dlink')), readdirSync(at('d1'))]).toEqual(['d2', []])
  })

  test('takes the place of a file or an empty folder when forced, of a full one never', async () => {
    writeFileSync(at('plain'), '')
    mkdirSync(at('empty'))
    mkdirSync(at('full', 'x'), { recursive: true })
    await bench.converge(file, { path: at('plain'), src: 'one', state: 'link', force: true })
    await bench.converge(file, { path: at('empty'), src: 'one', state: 'link', force: true })
    await expect(
      bench.run(file, { path: at('full'), src: 'one', state: 'link', force: true }),
    ).rejects.toThrow(/not empty/i)
    expect(existsSync(at('full', 'x'))).toBe(true)
  })

  test('makes hard links', async () => {
    await bench.converge(file, { path: at('hard'), src: at('one'), state: 'hard' })
    expect(statSync(at('hard')).ino).toBe(statSync(at('one')).ino)
    linkSync(at('one'), at('hard2'))
    expect((await bench.run(file, { path: at('hard2'), src: at('one'), state: 'hard' })).changes).toEqual([])
  })

  test('touches', async () => {
    const outcome = await bench.run(file, { path: at('touched'), state: 'touch', mode: '0600' })
    expect([outcome.changes.length, modeOf(at('touched')), readFileSync(at('touched'), 'utf8')]).toEqual([
      2,
      '600',
      '',
    ])
    utimesSync(at('touched'), 1, 1)
    await bench.run(file, { path: at('touched'), state: 'touch' })
    expect(statSync(at('touched')).mtimeMs).toBeGreaterThan(1000)
    await bench.converge(file, {
      path: at('touched'),
      state: 'touch',
      modification_time: '202601020304.05',
      access_time: 'preserve',
    })
    expect(statSync(at('touched')).mtime.toISOString()).toBe('2026-01-02T03:04:05.000Z')
  })

  test('removes trees, and links without what they lead to', async () => {
    await bench.converge(file, { path: at('tree'), state: 'absent' })
    symlinkSync('a', at('to-a'))
    await bench.converge(file, { path: at('to-a'), state: 'absent' })
    expect([existsSync(at('tree')), existsSync(at('to-a')), existsSync(at('a'))]).toEqual([
      false,
      false,
      true,
    ])
  })

  test('follows a link for the mode, unless told otherwise', async () => {
    await bench.converge(file, { path: at('link'), mode: '0640' })
    expect([modeOf(at('two')), lstatSync(at('link')).isSymbolicLink()]).toEqual(['640', true])
  })

  test('says what the host said when it may not', async () => {
    const disk = mountTiny(at('readonly'))
    if (!disk) return
    disk.remount('ro')
    await expect(bench.run(file, { path: at('readonly', 'x'), state: 'directory' })).rejects.toThrow(
      /Read-only file system/,
    )
  })
})

test('any number of converged tasks costs one flight', async () => {
  await bench.session.reset()
  const before = await bench.session.flights()
  const tasks = [
    { path: at('a'), state: 'directory' },
    { path: at('one'), mode: '0644' },
    { path: at('link'), src: at('two'), state: 'link' },
    { path: at('gone'), state: 'absent' },
  ]
  const outcomes = await Promise.all(tasks.map((args) => bench.run(file, args)))
  expect(outcomes.flatMap(({ changes }) => changes)).toEqual([])
  expect((await bench.session.flights()) - before).toBe(1)
})
