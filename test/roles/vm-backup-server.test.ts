import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { withProxmoxHost } from '../support/proxmox-host.ts'

// Each call of a double is a process of its own.
vi.setConfig({ testTimeout: 300_000 })

const program = resolve('roles/backups/files/vm-backup')
const host = withProxmoxHost()
const env = () => ({ VM_BACKUP_NOTES: join(host().folder, 'notes') })
const run = (...args: string[]) => host().call([program, ...args], env())
const ok = async (...args: string[]) =>
  JSON.parse((await host().ok([program, ...args], env())).trim().split('\n').at(-1) ?? '')
const refusal = async (...args: string[]) => {
  const { rc, stderr } = await run(...args)
  expect(rc).toBe(1)
  return stderr.trim().split('\n').at(-1)
}
const verifyServer = () => host().call('proxmox-backup-manager verify store1')
let path = ''

beforeAll(async () => {
  await host().ok('pvesm add pbs pbs --server 10.10.0.9 --datastore store1 --username backup@pbs')
})

test('a backup is made on the server, described, and reported until somebody says that it was heard', async () => {
  const { made } = await ok('save', '103', 'pbs')
  expect(made).toEqual([
    {
      path: expect.stringMatching(/^pbs:backup\/vm\/103\/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      stamp: expect.stringMatching(/^\d{8}T\d{6}Z$/),
      made: expect.any(String),
      size: expect.any(Number),
      level: 'exists',
      name: 'k8s-cp01',
      storage: 'pbs',
      shared_disks: [],
      left_out: [],
    },
  ])
  path = made[0].path
  expect((await ok('save', '103', 'pbs')).made).toEqual(made)
  await ok('recorded', path)
  const fresh = await host().ok([program, 'save', '103', 'pbs'], { ...env(), VM_BACKUP_FRESH: '3600' })
  expect(JSON.parse(fresh.trim().split('\n').at(-1) ?? '')).toEqual({ made: [] })
})

test('it is proved as far as the server itself has verified it', async () => {
  expect(await ok('verify', path)).toEqual({ path, level: 'exists' })
  await verifyServer()
  expect(await ok('verify', path)).toEqual({ path, level: 'integrity' })
  expect((await ok('listed', path)).listed[0]).toMatchObject([{ volid: path, verification: { state: 'ok' } }])
  expect(await refusal('verify', 'pbs:backup/vm/103/2026-01-01T00:00:00Z')).toContain(
    'Proxmox does not list it',
  )
})

test('it is drilled, and the machine comes back from it', async () => {
  expect(await ok('drill', path, '9900')).toMatchObject({ path, answered: 'agent' })
  await host().ok('qm destroy 103')
  expect(await ok('restore', path, '103')).toMatchObject({ path, name: 'k8s-cp01' })
})

test('one that its server finds corrupt is none, and is removed with what was noted of it', async () => {
  const file = join(
    host().folder,
    'host/var/lib/tsplay-lab/pbs/10.10.0.9/store1',
    `${path.split(':backup/')[1]}.vma.zst`,
  )
  await writeFile(file, (await readFile(file)).subarray(0, 100))
  expect((await verifyServer()).rc).toBe(255)
  expect(await refusal('verify', path)).toContain('its verification on the Proxmox Backup Server has failed')
  expect(await refusal('restore', path, '104')).toContain('is corrupt')
  await ok('remove', path)
  expect(await refusal('verify', path)).toContain('is missing')
  expect((await readdir(join(env().VM_BACKUP_NOTES, 'pbs'))).filter((name) => !name.startsWith('.'))).toEqual(
    [],
  )
})
