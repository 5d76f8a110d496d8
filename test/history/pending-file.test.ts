import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { mergePending, readPending, writePending } from '#history/pending-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-pending-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('knows nothing of playbooks that left nothing', async () => {
  expect(await readPending(folder, ['/a/site.yml'])).toEqual({})
})

test('gives back what a run left, for the same playbooks only', async () => {
  await writePending(folder, ['/a/site.yml'], { web1: ['web : restart nginx'] })
  expect(await readPending(folder, ['/a/site.yml'])).toEqual({ web1: ['web : restart nginx'] })
  expect(await readPending(folder, ['/a/other.yml'])).toEqual({})
})

test('forgets when nothing is left, without leaving files', async () => {
  await writePending(folder, ['/a/site.yml'], { web1: ['x'] })
  await writePending(folder, ['/a/site.yml'], {})
  expect(await readPending(folder, ['/a/site.yml'])).toEqual({})
  expect(readdirSync(join(folder, 'pending'))).toEqual([])
})

test('keeps what hosts left that the next run did not touch', () => {
  const before = { web1: ['restart'], web2: ['restart'] }
  expect(mergePending(before, { web2: ['reload'] }, ['web2'])).toEqual({
    web1: ['restart'],
    web2: ['reload'],
  })
  expect(mergePending(before, {}, ['web1', 'web2'])).toEqual({})
})
