import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { replaceFileScript } from '#execute/replace-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-replace-'))
const path = join(folder, 'app.conf')
const temporary = join(folder, '.app.conf.tsplay-x')
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => writeFileSync(path, 'old\n', { mode: 0o600 }))

const run = (script: string) =>
  spawnSync('/bin/sh', ['-c', `( eval "$S" )`], { env: { ...process.env, S: script }, encoding: 'utf8' })

const summedWrite = (bytes: number): string =>
  replaceFileScript({ path, temporary, content: { bytes }, mode: 0o644, printsSum: true })

test('replaces the content and sets the mode', () => {
  expect(run(replaceFileScript({ path, temporary, content: { text: 'new' }, mode: 0o640 })).status).toBe(0)
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(statSync(path).mode & 0o7777).toBe(0o640)
  expect(existsSync(temporary)).toBe(false)
})

test('leaves the old file and no litter when the check refuses the new one', () => {
  const before = readdirSync(folder)
  const { status, stderr } = run(
    replaceFileScript({
      path,
      temporary,
      content: { text: 'bad' },
      mode: 0o644,
      validate: 'grep good %s || { echo no good >&2; false; }',
    }),
  )
  expect(status).not.toBe(0)
  expect(stderr).toContain('no good')
  expect(readFileSync(path, 'utf8')).toBe('old\n')
  expect(readdirSync(folder)).toEqual(before)
})

test('keeps the old file beside the new one when asked', () => {
  const backup = join(folder, 'app.conf.bak')
  chmodSync(path, 0o604)
  run(replaceFileScript({ path, temporary, content: { text: 'new' }, mode: 0o644, backup }))
  expect(readFileSync(backup, 'utf8')).toBe('old\n')
  expect(statSync(backup).mode & 0o777).toBe(0o604)
  rmSync(backup)
})

test('tells the sum of content that follows on its stdin, as its check has left it', () => {
  const script = replaceFileScript({
    path,
    temporary,
    content: { bytes: 4 },
    mode: 0o644,
    printsSum: true,
    validate: 'echo "$(echo x | sha256sum)"; echo more >> %s',
  })
  const { stdout } = spawnSync('/bin/sh', ['-c', script], { input: 'text', encoding: 'utf8' })
  expect(readFileSync(path, 'utf8')).toBe('textmore\n')
  const sum = createHash('sha256').update('textmore\n').digest('hex')
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${sum}\\b`))
})

test('tells the sum of content that follows on its stdin while it is written', () => {
  const { stdout } = spawnSync('/bin/sh', ['-c', summedWrite(4)], { input: 'text', encoding: 'utf8' })
  expect(readFileSync(path, 'utf8')).toBe('text')
  expect(stdout).toContain(`\n${createHash('sha256').update('text').digest('hex')}`)
})

test('writes content that follows on its stdin where no program can sum it, and tells no sum', () => {
  const bin = mkdtempSync(join(tmpdir(), 'no-sums-'))
  for (const name of ['tee', 'cat', 'wc', 'chmod', 'mv', 'rm'])
    symlinkSync(
      execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(),
      join(bin, name),
    )
  const text = 'x'.repeat(1 << 20)
  const ran = spawnSync('/bin/sh', ['-c', summedWrite(text.length)], {
    input: text,
    encoding: 'utf8',
    env: { PATH: bin },
  })
  expect(ran).toMatchObject({ status: 0, stderr: '' })
  expect(ran.stdout).not.toMatch(/[0-9a-f]{64}/)
  expect(readFileSync(path, 'utf8')).toBe(text)
  rmSync(bin, { recursive: true })
})

test('keeps the old file when the new one cannot be written to its end while it is summed', () => {
  writeFileSync(path, 'old\n')
  const text = 'x'.repeat(1 << 20)
  const ran = spawnSync('/bin/sh', ['-c', `ulimit -f 8; trap '' XFSZ; ${summedWrite(text.length)}`], {
    input: text,
    encoding: 'utf8',
  })
  expect(ran.status).not.toBe(0)
  expect(ran.stderr).toMatch(/File too large/)
  expect(readFileSync(path, 'utf8')).toBe('old\n')
  expect(existsSync(temporary)).toBe(false)
})

test('keeps set-id bits, which chown would clear', () => {
  const uid = Number(execFileSync('id', ['-u'], { encoding: 'utf8' }))
  run(replaceFileScript({ path, temporary, content: { text: 'x' }, mode: 0o4755, owner: uid, group: 0 }))
  expect(statSync(path).mode & 0o7777).toBe(0o4755)
})

test('writes any text byte for byte', () => {
  const text = fc.string({ unit: 'grapheme' }).map((one) => one.replaceAll('\0', ''))
  fc.assert(
    fc.property(text, (content) => {
      run(replaceFileScript({ path, temporary, content: { text: content }, mode: 0o644 }))
      expect(readFileSync(path)).toEqual(Buffer.from(content))
    }),
    { numRuns: 30 },
  )
})
