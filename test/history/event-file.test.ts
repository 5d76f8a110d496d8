import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EventFile } from '#history/event-file.ts'
import { origin } from '../support/run-record.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

const linesOf = (path: string): unknown[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

test('begins with what the run is, then writes one JSON event a line, in order', async () => {
  const file = new EventFile(await scratchFolder(), 'run-1', { ...origin, limit: 'web' })
  file.on({ type: 'warning', message: 'first' })
  file.on({ type: 'warning', message: 'second', host: 'web1' })
  await file.close()
  const [head, ...events] = linesOf(file.path)
  expect(head).toMatchObject({
    type: 'record',
    id: 'run-1',
    command: 'run',
    playbooks: ['site.yml'],
    limit: 'web',
    process: { pid: process.pid },
  })
  expect(events).toEqual([
    { type: 'warning', message: 'first' },
    { type: 'warning', message: 'second', host: 'web1' },
  ])
})

test('is readable by its owner alone and kept out of version control', async () => {
  const folder = await scratchFolder()
  const file = new EventFile(folder, 'run-1', origin)
  await file.close()
  expect(statSync(file.path).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n')
})

test('never writes over the record of another run', async () => {
  const folder = await scratchFolder()
  const first = new EventFile(folder, 'run-2', origin)
  await first.close()
  const second = new EventFile(folder, 'run-2', origin)
  await expect(second.close()).rejects.toThrow('EEXIST')
})
