import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import checksum, { checksumKey } from '#facts/checksum.ts'
import { askHere, toolSets } from '../support/shell-fact.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-checksum-'))
const all = toolSets()
const none = toolSets(['ls'])
const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex')

beforeAll(() => {
  writeFileSync(join(folder, 'a b'), 'one')
  writeFileSync(join(folder, 'back\\slash'), 'two')
  writeFileSync(join(folder, 'new\nline'), 'three')
  writeFileSync(join(folder, '-n'), '')
  mkdirSync(join(folder, 'dir'))
  symlinkSync('a b', join(folder, 'link'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
  all.close()
  none.close()
})

describe.each(all.sets)('checksum with $name', (tools) => {
  test('answers for many files and algorithms at once', () => {
    const keys = [
      checksumKey('a b'),
      checksumKey('nothing'),
      checksumKey('new\nline', 'sha1'),
      checksumKey('back\\slash', 'md5'),
      checksumKey('dir'),
      checksumKey('back\\slash'),
      checksumKey('-n'),
      checksumKey('link', 'sha512'),
    ]
    expect(askHere(checksum, keys, tools, folder)).toEqual([
      hex('sha256', 'one'),
      undefined,
      hex('sha1', 'three'),
      hex('md5', 'two'),
      undefined,
      hex('sha256', 'two'),
      hex('sha256', ''),
      hex('sha512', 'one'),
    ])
  })
})

test('a host without any program for it is refused, and only when a file is there', () => {
  const [tools] = none.sets
  if (!tools) return
  expect(askHere(checksum, [checksumKey('nothing')], tools, folder)).toEqual([undefined])
  expect(() => askHere(checksum, [checksumKey('a b')], tools, folder)).toThrow(
    /no program for checksums \(sha256\)/,
  )
})

test('OpenSSL stands in where the usual programs are missing', () => {
  const tools = toolSets(['ls'])
  const [busybox] = tools.sets
  if (!busybox) return
  symlinkSync('/usr/bin/openssl', join(busybox.path, 'openssl'))
  expect(askHere(checksum, [checksumKey('a b')], busybox, folder)).toEqual([hex('sha256', 'one')])
  tools.close()
})
