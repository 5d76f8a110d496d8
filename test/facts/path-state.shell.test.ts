import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import pathState from '#facts/path-state.ts'
import type { PathState } from '#sdk/path-state.ts'
import { askHere, toolSets } from '../support/shell-fact.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-path-state-'))
const all = toolSets()
const few = toolSets(['ls', 'awk', 'readlink'])

beforeAll(() => {
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('a b'), 'x')
  writeFileSync(at('-n'), 'x')
  writeFileSync(at("new\nline'\x1e"), 'yy')
  writeFileSync(at('ü€😀'), '')
  writeFileSync(Buffer.from(`${folder}/latin-\xe9`, 'latin1'), 'z')
  mkdirSync(at('dir'))
  chmodSync(at('dir'), 0o3754)
  symlinkSync('a b', at('link'))
  symlinkSync('nowhere', at('dangling'))
  symlinkSync('dir', at('to-dir'))
  symlinkSync("new\nline'\x1e", at('to-newline'))
  symlinkSync('circle', at('circle'))
  symlinkSync('nowhere/below', at('astray'))
  symlinkSync(Buffer.from('latin-\xe9', 'latin1'), at('to-latin'))
  linkSync(at('a b'), at('hard'))
  utimesSync(at('a b'), 1_600_000_000.25, 1_700_000_000.5)
})

afterAll(() => {
  rmSync(folder, { recursive: true })
  all.close()
  few.close()
})

describe.each([...all.sets, ...few.sets])('path-state with $name', (tools) => {
  const ask = (...paths: string[]): readonly PathState[] => askHere(pathState, paths, tools, folder)
  const type = ({ entry, followed }: PathState): unknown => [entry?.type, followed?.type]

  test('tells what stands at each path, whatever its name', () => {
    const names = [
      'a b',
      '-n',
      "new\nline'\x1e",
      'ü€😀',
      'dir',
      'dir/',
      'link',
      'dangling',
      'to-dir',
      'nothing',
      'nothing/x',
    ]
    expect(ask(...names).map(type)).toEqual([
      ['file', 'file'],
      ['file', 'file'],
      ['file', 'file'],
      ['file', 'file'],
      ['directory', 'directory'],
      ['directory', 'directory'],
      ['link', 'file'],
      ['link', undefined],
      ['link', 'directory'],
      [undefined, undefined],
      [undefined, undefined],
    ])
  })

  test('tells mode, size and number of names', () => {
    const [dir, hard] = ask('dir', 'hard')
    expect(dir?.entry?.mode).toBe(0o3754)
    expect(hard?.entry).toMatchObject({ size: 1, links: 2, uid: process.getuid?.() })
  })

  test('tells where links lead, whatever bytes that takes', () => {
    const [link, dangling, latin] = ask('link', 'dangling', 'to-latin')
    expect(link?.link).toEqual({ target: 'a b', real: join(folder, 'a b') })
    expect(dangling?.link?.target).toBe('nowhere')
    expect(latin?.followed?.size).toBe(1)
  })

  test('tells where each of many links leads, also when one of them leads in a circle', () => {
    const names = ['link', 'to-newline', 'circle', 'dangling', 'astray', 'to-dir']
    const states = ask(...names)
    const told = states.map(({ link, followed }) => [link?.target, link?.real, followed?.type])
    expect(told).toEqual([
      ['a b', join(folder, 'a b'), 'file'],
      ["new\nline'\x1e", join(folder, "new\nline'\x1e"), 'file'],
      ['circle', expect.any(String), undefined],
      ['nowhere', join(folder, 'nowhere'), undefined],
      ['nowhere/below', expect.any(String), undefined],
      ['dir', join(folder, 'dir'), 'directory'],
    ])
  })

  test('resolves the home folder and sees missing parents', () => {
    const [home, inside, orphan] = ask('~', '~/x', 'nothing/x')
    expect(home).toMatchObject({ path: folder, entry: { type: 'directory' } })
    expect(inside).toMatchObject({ path: join(folder, 'x'), entry: undefined, hasParent: true })
    expect(orphan?.hasParent).toBe(false)
  })
})

test.each(all.sets)('$name answers for more paths than one process takes', (tools) => {
  const many = Array.from({ length: 1201 }, (_, i) => (i % 2 ? 'dir' : `nothing-${i}`))
  expect(askHere(pathState, many, tools, folder).map(({ entry }) => entry?.type)).toEqual(
    many.map((name) => (name === 'dir' ? 'directory' : undefined)),
  )
})

test('times have fractions where stat tells them, and are there without', () => {
  const [gnu, busybox] = all.sets.map((tools) => askHere(pathState, ['a b'], tools, folder)[0]?.entry)
  expect(gnu).toMatchObject({ atime: 1_600_000_000.25, mtime: 1_700_000_000.5 })
  if (busybox) expect(Math.floor(busybox.mtime ?? 0)).toBe(1_700_000_000)
})
