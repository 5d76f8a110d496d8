import { symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { withProxmoxHost } from '../support/proxmox-host.ts'
import { tsplay } from '../support/tsplay.ts'

// Each call of a double is a process of its own.
vi.setConfig({ testTimeout: 300_000 })

const host = withProxmoxHost()
const call = (...args: string[]) =>
  tsplay(
    [
      ...args,
      '-i',
      'hosts.yml',
      '-e',
      JSON.stringify({
        backups_become: false,
        restore_become: false,
        backups_packages: [],
        backups_program_folder: `${host().folder}/programs`,
        backups_snapshots: [103, 'tank/data'],
        backups_keep_snapshots: 'last=2',
      }),
    ],
    {
      cwd: host().folder,
      env: { PATH: host().env['PATH'] ?? '', TSPLAY_STATE_DIR: join(host().folder, 'state') },
    },
  )
const taken = async () => ({
  vm: (await host().ok('qm listsnapshot 103')).match(/tsplay_\S+|own/g),
  zfs: (await host().ok('zfs list -H -t snapshot -o name -d 1 tank/data')).match(/tsplay_\S+|own/g),
})

beforeAll(async () => {
  const { folder, ok } = host()
  await symlink(resolve('roles'), join(folder, 'roles'))
  await symlink(resolve('playbooks'), join(folder, 'playbooks'))
  await writeFile(
    join(folder, 'hosts.yml'),
    'all: { vars: { connection: local }, children: { proxmox: { hosts: { pve: } } } }\n',
  )
  await ok('zfs create tank/data')
  await ok('qm snapshot 103 own')
  await ok('zfs snapshot tank/data@own')
})

test('machines and datasets are snapshotted, recorded and pruned by one rule; those that people took stay', async () => {
  for (const _ of [1, 2, 3]) {
    const { code, stderr } = await call('run', 'playbooks/snapshots.yml')
    expect([code, stderr]).toEqual([0, ''])
  }
  const { vm, zfs } = await taken()
  expect(vm).toEqual(['own', expect.stringMatching(/^tsplay_/), expect.stringMatching(/^tsplay_/)])
  expect(zfs).toHaveLength(3)
})

test('`tsplay restore` lets both go back to the newest', async () => {
  await host().ok('qm set 103 --memory 2048')
  const vm = await call('restore', 'run', 'latest', '--kind', 'vm-snapshot', '--subject', '103', '--yes')
  expect([vm.code, vm.stderr]).toEqual([0, expect.stringContaining('was restored in')])
  expect(await host().ok('qm config 103')).toContain('memory: 4096')
  expect((await call('restore', 'run', 'latest', '--kind', 'zfs-snapshot', '--yes')).code).toBe(0)

  await host().ok('zfs snapshot tank/data@newer')
  const older = await call('restore', 'run', 'latest', '--kind', 'zfs-snapshot', '--yes')
  expect([older.code, older.stdout]).toEqual([
    2,
    expect.stringContaining('With restore_lose_newer newer snapshots'),
  ])
  const program = join(host().folder, 'programs/snapshot-backup')
  expect((await host().call([program, 'remove', 'tank/data@own'])).stderr).toContain(
    'was not taken by tsplay',
  )
})
