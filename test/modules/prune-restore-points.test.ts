import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import pruneRestorePoints from '#modules/prune-restore-points.ts'
import restorePoint from '#modules/restore-point.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()
const day = 86_400_000
const now = Date.parse('2026-11-29T02:00Z')
const group = (subject: string) => ({ kind: 'etcd', host: 'cp', subject })

const controller = (at: number) => ({
  stateFolder: join(bench().folder, 'state'),
  now: () => new Date(at),
})
const make = (
  id: string,
  subject: string,
  { age, ...more }: { age: number; level?: string; removed?: boolean },
) =>
  bench().run(
    restorePoint,
    { id, ...group(subject), copies: [{ host: 'cp', path: `/${id}` }], ...more },
    { controller: controller(now - age * day) },
  )
const prune = (subject: string, keep: string, more: Record<string, unknown> = {}) =>
  bench().run(pruneRestorePoints, { ...group(subject), keep, ...more }, { controller: controller(now) })

test('says which of a group go, and where their copies lie', async () => {
  await make('a3', 'a', { age: 3, level: 'integrity' })
  await make('a2', 'a', { age: 2, level: 'integrity' })
  await make('a1', 'a', { age: 1, level: 'integrity' })
  await make('gone', 'a', { age: 9, level: 'integrity', removed: true })
  await make('other', 'b', { age: 0, level: 'integrity' })
  expect((await prune('a', 'last=2')).result.data).toEqual({
    removed: [{ id: 'a3', copies: [{ host: 'cp', path: '/a3' }] }],
    kept: [
      { id: 'a1', by: 'last' },
      { id: 'a2', by: 'last' },
    ],
  })
})

test('what the host itself protects stays and counts for nothing', async () => {
  for (const age of [4, 3, 2]) await make(`p${age}`, 'p', { age, level: 'integrity' })
  expect((await prune('p', 'last=1', { protected: ['/p4', '/p2', '/elsewhere'] })).result.data).toEqual({
    removed: [],
    kept: [
      { id: 'p2', by: 'protected' },
      { id: 'p3', by: 'last' },
      { id: 'p4', by: 'protected' },
    ],
  })
})

test('fails when the last verified copy would go, with the reason', async () => {
  await make('c2', 'c', { age: 2, level: 'integrity' })
  await make('c1', 'c', { age: 1, level: 'exists' })
  expect((await prune('c', 'last=1')).result).toMatchObject({
    failed: true,
    msg: 'No backup is removed. "c2" is the last backup that was verified. The newest, "c1", is not verified yet.',
  })
})

test.each([
  [{ keep: 'last' }, '"last" is no part of a rule'],
  [{ zone: 'Europe/Berln' }, 'There is no time zone "Europe/Berln".'],
  [{ min_age: 'soon' }, '"soon" is no duration'],
])('%j is refused', async (wrong, message) => {
  await expect(prune('a', 'last=1', wrong)).rejects.toThrow(message)
})

test('removes nothing while a record cannot be read', async () => {
  writeFileSync(join(bench().folder, 'state/restore-points/bad.json'), '{"id":')
  await expect(prune('a', 'last=1')).rejects.toThrow('bad.json is damaged')
})
