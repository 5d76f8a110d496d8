import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import globMatches from '#facts/glob-matches.ts'
import { askHere, toolSets } from '../support/shell-fact.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-glob-'))
const tools = toolSets()

beforeAll(() => {
  const at = (name: string): string => join(folder, name)
  for (const name of ['one.txt', 'two.txt', 'a b', 'new\nline', '*', '-n']) writeFileSync(at(name), '')
  mkdirSync(at('dir'))
  symlinkSync('nowhere', at('dangling'))
})

afterAll(() => {
  tools.close()
  rmSync(folder, { recursive: true })
})

test.each(tools.sets)('gives the first path each pattern finds, by $name', (set) => {
  const found: Readonly<Record<string, string | undefined>> = {
    '*.txt': 'one.txt',
    't?o.txt': 'two.txt',
    '[n-z]ne.txt': 'one.txt',
    'one.txt': 'one.txt',
    'a b': 'a b',
    'new\nline': 'new\nline',
    dir: 'dir',
    dangling: 'dangling',
    'none*': undefined,
    none: undefined,
    '-n': '-n',
    'd*/none': undefined,
    '~/one.txt': join(folder, 'one.txt'),
  }
  expect(askHere(globMatches, Object.keys(found), set, folder)).toEqual(Object.values(found))
})

test.each([
  ['/etc/app/*.conf', '/etc/app'],
  ['/etc/app.conf', '/etc/app.conf'],
  ['/*/x', '/'],
])('reads what lies below the fixed part of %s', (pattern, name) => {
  expect(globMatches.reads(pattern)).toEqual([{ kind: 'path', name }])
})
