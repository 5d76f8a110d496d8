import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import restorePoint from '#modules/restore-point.ts'
import restorePoints from '#modules/restore-points.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()
const controller = (now = 0) => ({ stateFolder: join(bench().folder, 'state'), now: () => new Date(now) })
const record = (id: string, now: number, more: Record<string, unknown> = {}) =>
  bench().run(
    restorePoint,
    { id, kind: 'vm', host: 'pve', subject: '103', copies: [{ host: 'pve', path: `/${id}` }], ...more },
    { controller: controller(now) },
  )
const list = async (args: Record<string, unknown> = {}) =>
  (await bench().run(restorePoints, args, { controller: controller() })).result.data

test('lists points newest first, without removed ones, and the newest of each group', async () => {
  expect(await list()).toEqual({ points: [], newest: [] })
  await record('old', 1)
  await record('new', 2)
  await record('other', 3, { subject: '104' })
  await record('gone', 4, { removed: true })
  const ids = (points: unknown) => (Array.isArray(points) ? points.map(({ id }) => id) : points)
  const all = await list({ kind: 'vm', host: 'pve' })
  expect([ids(all?.['points']), ids(all?.['newest'])]).toEqual([
    ['other', 'new', 'old'],
    ['other', 'new'],
  ])
  expect(ids((await list({ subject: '103' }))?.['points'])).toEqual(['new', 'old'])
  writeFileSync(join(bench().folder, 'state/restore-points/bad.json'), '{')
  await expect(list()).rejects.toThrow('bad.json is damaged')
})
