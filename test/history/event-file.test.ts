import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { EventFile } from '#history/event-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-events-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('writes one JSON event a line, in order, readable by its owner alone', async () => {
  const file = new EventFile(folder, 'run-1')
  file.on({ type: 'warning', message: 'first' })
  file.on({ type: 'warning', message: 'second', host: 'web1' })
  await file.close()
  const lines = readFileSync(file.path, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { type: 'warning', message: 'first' },
    { type: 'warning', message: 'second', host: 'web1' },
  ])
  expect(statSync(file.path).mode & 0o777).toBe(0o600)
})

test('never writes over the record of another run', async () => {
  const first = new EventFile(folder, 'run-2')
  await first.close()
  const second = new EventFile(folder, 'run-2')
  await expect(second.close()).rejects.toThrow('EEXIST')
})
