import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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

describe.each([2, 8])('content that follows on its stdin, on a host with %i processors', (processors) => {
  const bin = mkdtempSync(join(tmpdir(), 'tools-'))
  const link = (name: string) =>
    symlinkSync(
      execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(),
      join(bin, name),
    )
  const write = (text: string, before = '') =>
    spawnSync('/bin/sh', ['-c', before + summedWrite(text.length)], {
      input: text,
      encoding: 'utf8',
      env: { PATH: bin },
    })
  const long = 'x'.repeat(1 << 20)

  beforeAll(() => {
    for (const name of ['tee', 'cat', 'wc', 'chmod', 'mv', 'rm']) link(name)
    writeFileSync(join(bin, 'nproc'), `#!/bin/sh\necho ${processors}\n`, { mode: 0o755 })
  })
  afterAll(() => rmSync(bin, { recursive: true }))

  test('is written where no program can sum it, and no sum is told', () => {
    const ran = write(long)
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(ran.stdout).not.toMatch(/[0-9a-f]{64}/)
    expect(readFileSync(path, 'utf8')).toBe(long)
  })

  test('leaves the old file when it cannot be written to its end', () => {
    const ran = write(long, "ulimit -f 8; trap '' XFSZ; ")
    expect(ran.status).not.toBe(0)
    expect(ran.stderr).toMatch(/File too large/)
    expect(readFileSync(path, 'utf8')).toBe('old\n')
    expect(existsSync(temporary)).toBe(false)
  })

  // A folder on the network may tell only when a file is closed that there was no room for it.
  test('leaves the old file when what writes says in the end that it failed', () => {
    const there = join(bin, processors > 2 ? 'tee' : 'cat')
    const real = readlinkSync(there)
    rmSync(there)
    writeFileSync(there, `#!/bin/sh\n${real} "$@"\nexit 1\n`, { mode: 0o755 })
    const ran = write(long)
    rmSync(there)
    symlinkSync(real, there)
    expect(ran.status).not.toBe(0)
    expect(readFileSync(path, 'utf8')).toBe('old\n')
  })

  test.each(['sha256sum', 'openssl'])('is summed by %s', (tool) => {
    link(tool)
    const ran = write(long)
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    const sum = createHash('sha256').update(long).digest('hex')
    expect(ran.stdout.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${sum}\\b`))
    expect(readFileSync(path, 'utf8')).toBe(long)
    rmSync(join(bin, tool))
  })
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
