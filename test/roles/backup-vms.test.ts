import { readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { placeOf, restorePoints, settingsOf } from '../support/machine-backups.ts'
import { withProxmoxHost } from '../support/proxmox-host.ts'
import { startTsplay, tsplay } from '../support/tsplay.ts'

// Each call of a double is a process of its own.
vi.setConfig({ testTimeout: 300_000 })

const host = withProxmoxHost()
const settings = () => ({
  ...settingsOf(host()),
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
const place = () => placeOf(host())
const call = (args: readonly string[], more: object = {}) => tsplay(words(args, more), place())
const backUp = (more: object = {}) => call(['run', 'playbooks/backup-vms.yml'], more)
const points = () => restorePoints(host())
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
      level: 'content',
      copies: [{ host: 'pve' }, { host: 'there' }],
    },
  ])
})

test('archives of machines are read to their end again, copies compared, and what has rotted is named', async () => {
  const reread = () => call(['run', 'playbooks/verify-backups.yml'], { verify_poll: 1 })
  const before = (await points())[0].proofs
  const whole = await reread()
  expect([whole.code, whole.stderr]).toEqual([0, ''])
  const [{ level, proofs }] = await points()
  // The copy on the other host is what was recorded; the archive on its own host is all that it should be.
  expect(level).toBe('content')
  expect(proofs.content).toBeGreaterThan(before.content)
  expect(proofs.integrity).toBeGreaterThan(before.content)

  const [name = ''] = await archives('backups/dump')
  const file = join(host().folder, 'backups/dump', name)
  const kept = await readFile(file)
  await writeFile(file, kept.subarray(0, -9))
  const rotten = await reread()
  expect([rotten.code, rotten.stdout]).toEqual([
    2,
    expect.stringMatching(/vm-pve-103-\S+ on pve cannot be read: vm-backup: \S+ is corrupt: its checksum is/),
  ])
  await writeFile(file, kept)
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
  await host().ok('pvesh delete /cluster/backup/weekly')
  // A machine that is not named is left alone, though it could not be backed up; what Proxmox protects stays.
  const [kept = ''] = (await archives('backups/dump')).filter((name) => name.includes('qemu-103'))
  const protect = (value: 0 | 1) =>
    host().ok(`pvesh set /nodes/${node}/storage/backups/content/backups:backup/${kept} --protected ${value}`)
  const node = (await host().ok('uname -n')).split('.')[0]?.trim()
  await protect(1)
  const named = await backUp({ backups_copy_host: '', backups_vms: [103], backups_keep_vm: 'last=1' })
  expect(named.code).toBe(0)
  expect(named.stdout).toMatch(/vm-pve-103-\S+ stays and counts for nothing: it is protected/)
  expect(await archives('backups/dump')).toContain(kept)
  await protect(0)
  // Tried again, the run goes on with the machine that failed.
  await host().ok('qm unlock 104')
  const before = await archives('backups/dump')
  const again = { backups_copy_host: '', backups_vm_fresh_hours: 12, backups_keep_vm: 'last=9' }
  expect((await backUp(again)).code).toBe(0)
  expect((await archives('backups/dump')).filter((name) => !before.includes(name))).toEqual([
    expect.stringContaining('qemu-104'),
  ])
  await host().ok('qm destroy 104')
})

test('`tsplay restore` brings a removed machine back from its second place, and replaces one only by its name', async () => {
  const back = (...args: string[]) =>
    tsplay(
      words(['restore', 'run', 'latest', '--kind', 'vm', '--subject', '103', ...args], {
        backups_restore_folder: `${host().folder}/brought`,
      }),
      place(),
    )
  const refused = await back('--yes')
  expect([refused.code, refused.stdout]).toEqual([
    2,
    expect.stringContaining('VM 103 exists: it is "k8s-cp01"'),
  ])
  await backUp({ backups_keep_vm: 'last=9' })
  await host().ok('qm destroy 103')
  for (const name of await archives('backups/dump')) {
    await writeFile(join(host().folder, 'backups/dump', name), 'rotten')
  }
  const planned = await back('--plan')
  expect([planned.code, planned.stderr]).toEqual([0, ''])
  const done = await back('--yes')
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('was restored in')])
  expect(await host().ok('qm config 103')).toContain('name: k8s-cp01')
  expect(await host().ok('qm status 103')).toBe('status: running\n')
  expect(await readdir(join(host().folder, 'brought'))).toEqual([])
  expect(await readdir(join(host().folder, 'state/on-their-way'))).toEqual([])
  expect((await points())[0]).toMatchObject({ recoverySeconds: expect.any(Number) })
})

test('the whole platform is restored in order after its plan was shown; what is there stays', async () => {
  await writeFile(
    join(host().folder, 'platform.yml'),
    `all:
  vars: { connection: local }
  children:
    proxmox: { hosts: { pve: } }
    control: { hosts: { control-node: { vm: { vmid: 105 } } } }
    control_plane: { hosts: { k8s-cp01: { vm: { vmid: 103 } } } }
`,
  )
  await host().ok('qm create 105 --name control-node --scsi0 tank:1')
  expect((await backUp({ backups_copy_host: '', backups_keep_vm: 'last=9' })).code).toBe(0)
  await host().ok('qm stop 103')
  for (const vmid of [103, 105]) await host().ok(`qm destroy ${vmid}`)
  const restore = (more: object = {}) =>
    tsplay(
      [
        'run',
        'playbooks/restore-platform.yml',
        '-i',
        'platform.yml',
        '-e',
        JSON.stringify({ ...settings(), ...more }),
      ],
      place(),
    )
  const shown = await restore()
  expect([shown.code, shown.stderr]).toEqual([0, ''])
  expect(shown.stdout).toMatch(
    /VM 105 of pve from [\s\S]*VM 103 of pve from .*it took [\d.]+ s the last time/,
  )
  expect(shown.stdout).toContain('Not VM 104, which the inventory does not have')
  expect((await host().call('qm status 103')).rc).not.toBe(0)

  const done = await restore({ restore_platform: 'pve' })
  expect([done.code, done.stderr]).toEqual([0, ''])
  expect(await host().ok('qm list')).toMatch(/103 k8s-cp01 +running[\s\S]*105 control-node +running/)
  expect((await restore()).stdout).toContain('which is there and stays as it is')
})

test('a drill proves each backup, records how long that took, and names the machine that gave no answer', async () => {
  const { code, stdout } = await call(['run', 'playbooks/drill-vms.yml'])
  expect([code, stdout]).toEqual([
    2,
    expect.stringMatching(/VM 105: vm-backup: The machine of .* has no guest agent/),
  ])
  const proved = (await points()).filter(({ level }) => level === 'drill')
  expect(proved).toMatchObject([{ subject: '103', recoverySeconds: expect.any(Number) }])
  expect((await host().ok('qm list')).match(/^ +\d+/gm)).toHaveLength(2)

  // With a command that has to succeed in it; the machine that cannot be asked is not tried.
  const exec = { program: 'qm', words: ['guest', 'exec'], times: 1 }
  await host().fault({ ...exec, stdout: '{"exitcode" : 0,"exited" : 1}\n', delayMs: 2000 })
  const checked = await call(['run', 'playbooks/drill-vms.yml'], {
    drill_vms: [103],
    drill_check: 'systemctl is-active etcd',
  })
  expect([checked.code, checked.stderr]).toEqual([0, ''])
  const [again] = (await points()).filter(({ level }) => level === 'drill')
  expect(again.proofs.drill).toBeGreaterThan(proved[0].proofs.drill)
  expect(again.recoverySeconds).toBeGreaterThan(2)
  expect(await host().ok('tsplay-doubles calls')).toContain('"sh","-c","systemctl is-active etcd"]')
})
