import { symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { placeOf, restorePoints, settingsOf } from '../support/machine-backups.ts'
import { withProxmoxHost } from '../support/proxmox-host.ts'
import { tsplay } from '../support/tsplay.ts'

// Each call of a double is a process of its own.
vi.setConfig({ testTimeout: 300_000 })

const host = withProxmoxHost()
const settings = (more: object) => ({
  ...settingsOf(host()),
  backups_vm_notes_folder: `${host().folder}/notes`,
  backups_vm_storage: 'pbs',
  verify_poll: 1,
  backups_copy_host: 'there',
  ...more,
})
const call = (args: readonly string[], more: object = {}) =>
  tsplay([...args, '-i', 'hosts.yml', '-e', JSON.stringify(settings(more))], placeOf(host()))
const backUp = (more: object = {}) => call(['run', 'playbooks/backup-vms.yml'], more)
const points = () => restorePoints(host())
const volumes = async () => {
  const node = (await host().ok('uname -n')).split('.')[0]?.trim()
  const path = `/nodes/${node}/storage/pbs/content`
  const listed: readonly { readonly volid: string }[] = JSON.parse(
    await host().ok(['pvesh', 'get', path, '--output-format', 'json']),
  )
  return listed.map(({ volid }) => volid)
}

beforeAll(async () => {
  const { folder, ok } = host()
  for (const name of ['roles', 'playbooks']) await symlink(resolve(name), join(folder, name))
  await writeFile(
    join(folder, 'hosts.yml'),
    'all: { vars: { connection: local }, children: { proxmox: { hosts: { pve: } } }, hosts: { there: } }\n',
  )
  await ok('pvesm add pbs pbs --server 10.10.0.9 --datastore store1')
})

test('machines are backed up to a Proxmox Backup Server, which needs no second place', async () => {
  const { code, stdout, stderr } = await backUp()
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).not.toMatch(/what takes (one|the host) takes/)
  const [volid] = await volumes()
  expect(await points()).toMatchObject([
    { kind: 'vm', host: 'pve', subject: '103', level: 'exists', copies: [{ host: 'pve', path: volid }] },
  ])
})

test('its own verification is what counts, in checks and for what may go', async () => {
  await host().ok('proxmox-backup-manager verify store1')
  const [first] = await volumes()
  // The new one is not verified yet: it stays, and the last that is verified stays too.
  const second = await backUp({ backups_keep_vm: 'last=1' })
  expect([second.code, second.stderr]).toEqual([0, ''])
  expect(second.stdout).toMatch(
    /stays and counts for nothing: it is protected, or its server has not verified it/,
  )
  expect(await volumes()).toHaveLength(2)
  expect((await points()).map(({ level }) => level)).toEqual(['exists', 'integrity'])

  await host().ok('proxmox-backup-manager verify store1')
  expect((await backUp({ backups_keep_vm: 'last=1' })).code).toBe(0)
  const left = await volumes()
  expect([left.length, left.includes(first ?? '')]).toEqual([2, false])
  expect(await points()).toHaveLength(2)
})

test('one that the server finds corrupt is named, and a machine comes back from one that is whole', async () => {
  await host().ok('proxmox-backup-manager verify store1')
  const sound = await call(['run', 'playbooks/verify-backups.yml'])
  expect([sound.code, sound.stderr]).toEqual([0, ''])
  expect((await points()).map(({ level }) => level)).toEqual(['integrity', 'integrity'])
  await host().ok('qm destroy 103')
  const back = await call(['restore', 'run', 'latest', '--kind', 'vm', '--yes'])
  expect([back.code, back.stderr]).toEqual([0, expect.stringContaining('was restored in')])
  expect(await host().ok('qm status 103')).toBe('status: running\n')

  const [bad = ''] = await volumes()
  const store = join(host().folder, 'host/var/lib/tsplay-lab/pbs/10.10.0.9/store1')
  await writeFile(join(store, `${bad.split(':backup/')[1]}.vma.zst`), 'rotten')
  expect((await host().call('proxmox-backup-manager verify store1')).rc).toBe(255)
  const rotten = await call(['run', 'playbooks/verify-backups.yml'])
  expect([rotten.code, rotten.stdout]).toEqual([
    2,
    expect.stringMatching(/vm-pve-103-\S+ on pve cannot be read: .*its verification on the .* has failed/),
  ])
})
