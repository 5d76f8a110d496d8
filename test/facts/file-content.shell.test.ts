import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import fileContent, { contentLimit } from '#facts/file-content.ts'
import { encodeBytes } from '#sdk/byte-text.ts'
import { askHere, toolSets } from '../support/shell-fact.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-content-'))
const all = toolSets()

afterAll(() => {
  rmSync(folder, { recursive: true })
  all.close()
})

describe.each(all.sets)('file-content with $name', (tools) => {
  const ask = (...paths: string[]) => askHere(fileContent, paths, tools, folder)

  test('gives several files in one answer, byte for byte', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    writeFileSync(join(folder, 'text'), 'äö\r\nno end')
    writeFileSync(join(folder, 'binary'), bytes)
    writeFileSync(join(folder, 'empty'), '')
    mkdirSync(join(folder, 'dir'), { recursive: true })
    const [text, binary, empty, dir, nothing] = ask('text', 'binary', 'empty', 'dir', 'nothing')
    expect(text).toMatchObject({ exists: true, text: 'äö\r\nno end', utf8: true, uid: process.getuid?.() })
    expect(binary?.utf8).toBe(false)
    expect(Buffer.from(encodeBytes({ text: binary?.text ?? '', utf8: false }))).toEqual(bytes)
    expect(empty?.text).toBe('')
    expect(dir).toMatchObject({ exists: true, text: undefined })
    expect(nothing).toMatchObject({ exists: false, text: undefined, path: 'nothing' })
  })

  test('gives names, modes and text of files whatever they are called', () => {
    writeFileSync(join(folder, 'new\nline'), 'one\n', { mode: 0o640 })
    writeFileSync(join(folder, '-n'), 'two\n')
    expect(ask('new\nline', '-n').map(({ text, mode }) => [text, mode])).toEqual([
      ['one\n', 0o640],
      ['two\n', 0o644],
    ])
  })

  test('does not carry large files', () => {
    writeFileSync(join(folder, 'fits'), 'x'.repeat(contentLimit))
    writeFileSync(join(folder, 'large'), 'x'.repeat(contentLimit + 1))
    expect(ask('fits', 'large').map(({ text, large }) => [text?.length, large])).toEqual([
      [contentLimit, false],
      [undefined, true],
    ])
  })
})
