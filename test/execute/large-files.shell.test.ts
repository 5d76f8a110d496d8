import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { play } from '../support/play.ts'

test('a large file is whole, its sum is told, and it is not sent again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-large-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const content = randomBytes(700_000)
  writeFileSync(join(folder, 'source'), content)
  const run = await play(`
- hosts: a
  vars: { folder: ${folder} }
  tasks:
    - { name: first, copy: { src: "{{ folder }}/source", dest: "{{ folder }}/copy" }, register: first }
    - { name: same, copy: { src: "{{ folder }}/source", dest: "{{ folder }}/copy" } }
    - { name: other, copy: { src: "{{ folder }}/source", dest: "{{ folder }}/copy", validate: "echo more >> %s" } }
    - { name: spoil, shell: "echo less > {{ folder }}/copy" }
    - { name: again, copy: { src: "{{ folder }}/source", dest: "{{ folder }}/copy", validate: "echo more >> %s" } }
    - { name: show, debug: { msg: "{{ first.checksum }}" } }
`)
  expect(run.log.map((line) => line.split(' ').slice(1).join(' '))).toEqual([
    'first changed',
    'same ok',
    'other ok',
    'spoil changed',
    'again changed',
    'show ok',
  ])
  expect(run.said('show')).toBe(createHash('sha256').update(content).digest('hex'))
  expect(readFileSync(join(folder, 'copy')).equals(Buffer.concat([content, Buffer.from('more\n')]))).toBe(
    true,
  )
  // A check that alters the file: nobody may believe that it holds what was sent.
  expect(run.ended('again').unsettled).toEqual(['content'])
})
