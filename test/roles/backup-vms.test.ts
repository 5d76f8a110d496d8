import { readdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { withProxmoxHost } from '../support/proxmox-host.ts'
import { startTsplay, tsplay } from '../support/tsplay.ts'

// Each call of a double is a process of its own.
vi.setConfig({ testTimeout: 300_000 })

const host = withProxmoxHost()
const settings = () => ({
  backups_become: false,
  restore_become: false,
  backups_packages: [],
  backups_program_folder: `${host().folder}/programs`,
  backups_vm_poll: 1,
  backups_copy_host: 'there',
  backups_copy_folder: `${host().folder}/second`,
})
const words = (args: readonly string[], more: object) => [
  ...args,
  '-i',
  'hosts.yml',
  '-e',
  JSON.stringify({ ...settings(), ...more }),
]
const place = () => ({
  cwd: host().folder,
  env: { PATH: host().env['PATH'] ?? '', TSPLAY_STATE_DIR: join(host().folder, 'state') },
})
const call = (args: readonly string[], more: object = {}) => tsplay(words(args, more), place())
const backUp = (more: object = {}) => call(['run', 'playbooks/backup-vms.yml'], more)
const points = async () => {
  const { stdout } = await tsplay(['restore', 'list', '--json'], place())
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}
const archives = async (folder: string) =>
  (await readdir(join(host().folder, folder))).filter((name) => name.endsWith('.vma.zst')).sort()

beforeAll(async () => {
  const { folder } = host()
  await symlink(resolve('roles'), join(folder, 'roles'))
  await symlink(resolve('playbooks'), join(folder, 'playbooks'))
  await writeFile(
    join(folder, 'hosts.yml'),
    'all: { vars: { connection: local }, children: { proxmox: { hosts: { pve: } } }, hosts: { there: } }\n',
  )
})

test('the machines of the host are backed up, copied off, recorded and pruned', async () => {
  const first = await backUp()
  expect([first.code, first.stderr]).toEqual([0, ''])
  const second = await backUp({ backups_keep_vm: 'last=1' })
  expect([second.code, second.stderr]).toEqual([0, ''])
  expect(await archives('backups/dump')).toHaveLength(1)
  expect(await archives('second/pve/vm-103')).toEqual(await archives('backups/dump'))
  expect(await readdir(join(host().folder, 'state/on-their-way'))).toEqual([])
  expect(await points()).toMatchObject([
    {
      kind: 'vm',
      host: 'pve',
      subject: '103',
      level: 'integrity',
      copies: [{ host: 'pve' }, { host: 'there' }],
    },
  ])
})

test('tsplay is killed in mid-backup: the backup completes, and the next run records it', async () => {
  await host().fault({ program: 'pvesh', words: ['create'], delayMs: 1500, times: 1 })
  const running = startTsplay(words(['run', 'playbooks/backup-vms.yml'], {}), place())
  // The host has been asked for the backup when the fault has been taken.
  await vi.waitFor(async () => expect(await host().ok('tsplay-doubles faults')).toBe(''), {
    timeout: 60_000,
    interval: 50,
  })
  running.process.kill('SIGKILL')
  await running.end
  expect(await points()).toHaveLength(1)
  expect((await backUp({ backups_keep_vm: 'last=3' })).code).toBe(0)
  expect(await points()).toHaveLength(2)
  expect(await archives('backups/dump')).toHaveLength(2)
})

test('a machine that cannot be backed up fails the run by name, after the others; so does a second owner', async () => {
  await host().ok('qm create 104 --name web --scsi0 tank:1 --lock snapshot')
  const { code, stdout } = await backUp({ backups_copy_host: '' })
  expect(code).toBe(2)
  expect(stdout).toContain(
    'VM 104: vm-backup: The backup of VM 104 failed: ERROR: Backup of VM 104 failed - VM is locked (snapshot)',
  )
  expect(stdout).toMatch(/vm-pve-103-\S+ shares .* with what it is a backup of: what takes one takes both/)

  await host().ok('pvesh create /cluster/backup --id weekly --schedule sun --vmid 103,104 --storage backups')
  const twice = await backUp({ backups_vms_left_out: [104] })
  expect([twice.code, twice.stdout]).toEqual([
    2,
    expect.stringContaining('its job weekly. Each would remove'),
  ])
  expect((await backUp({ backups_vms_left_out: [103, 104] })).code).toBe(0)
  await host().ok('pvesh delete /cluster/backup/weekly')
  await host().ok('qm unlock 104')
  await host().ok('qm destroy 104')
})
