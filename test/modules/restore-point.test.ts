import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import restorePoint from '#modules/restore-point.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()
const day = 86_400_000
const begin = Date.parse('2026-11-01T02:00Z')

const record = (args: Record<string, unknown>, now = begin) => {
  const stateFolder = join(bench().folder, 'state')
  return bench().run(restorePoint, args, { controller: { stateFolder, now: () => new Date(now) } })
}
const fileOf = (id: string): unknown =>
  JSON.parse(readFileSync(join(bench().folder, `state/restore-points/${id}.json`), 'utf8'))

const of = { kind: 'etcd', host: 'cp', subject: 'cluster' }
const copies = [
  { host: 'cp', path: '/a' },
  { host: 'control', path: '/b' },
]

test('records a backup, and keeps what is not given again', async () => {
  await record({ id: 'e1', ...of, copies, size: 9, level: 'integrity' })
  await record({ id: 'e1', level: 'drill', recovery_seconds: 4.2 }, begin + day)
  expect(fileOf('e1')).toEqual({
    ...of,
    id: 'e1',
    at: begin,
    copies,
    size: 9,
    level: 'drill',
    verifiedAt: begin + day,
    proofs: { integrity: begin, drill: begin + day },
    recoverySeconds: 4.2,
    recoveredAt: begin + day,
  })
})

test('a weaker check has a time of its own, and does not make a stronger one look recent', async () => {
  await record({ id: 'e2', ...of, copies, level: 'drill' })
  await record({ id: 'e2', level: 'integrity' }, begin + day)
  expect(fileOf('e2')).toMatchObject({
    level: 'drill',
    verifiedAt: begin,
    proofs: { drill: begin, integrity: begin + day },
  })
})

test('warns of a backup that lies on its own source alone', async () => {
  const alone = await record({ id: 'e3', ...of, copies: [{ host: 'cp', path: '/a' }] })
  expect(alone.result.warnings).toEqual([expect.stringContaining('e3 lies on cp alone')])
  expect((await record({ id: 'e3', copies })).result.warnings).toBeUndefined()
})

test('a backup on a Proxmox Backup Server does not lie on the host that it is reached by', async () => {
  const volume = { host: 'cp', path: 'pbs:backup/vm/103/2026-11-29T02:00:04Z' }
  expect((await record({ id: 'v1', ...of, copies: [volume] })).result.warnings).toBeUndefined()
})

test('names the disks that it shares with its source, until another host has a copy', async () => {
  const disks = { shared_disks: ['sda'], made: '2026-11-29T02:00:04Z' }
  const alone = await record({ id: 'e5', ...of, copies: [{ host: 'cp', path: '/a' }], ...disks })
  expect(alone.result.warnings).toEqual([
    expect.stringContaining('e5 shares sda with what it is a backup of'),
  ])
  expect((await record({ id: 'e5', copies, ...disks })).result.warnings).toBeUndefined()
  expect(fileOf('e5')).toMatchObject({ at: Date.parse('2026-11-29T02:00:04Z') })
})

test('refuses a new one of which too little is said', async () => {
  await expect(record({ id: 'e4', kind: 'etcd' })).rejects.toThrow('it needs kind, host, subject and copies')
})
