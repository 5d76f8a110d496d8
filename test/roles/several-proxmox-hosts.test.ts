import { readdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { placeOf, settingsOf } from '../support/machine-backups.ts'
import { withProxmoxHost } from '../support/proxmox-host.ts'
import { tsplay } from '../support/tsplay.ts'

// Two names of one machine with the doubles: both have every machine, so only the inventory tells whose each is.
vi.setConfig({ testTimeout: 300_000 })

const host = withProxmoxHost()
const settings = () => ({ ...settingsOf(host()), backups_copy_host: '' })
const run = (playbook: string, more: object = {}, ...args: string[]) =>
  tsplay(
    ['run', playbook, '-i', 'hosts.yml', '-e', JSON.stringify({ ...settings(), ...more }), ...args],
    placeOf(host()),
  )
const points = async (kind: string) => {
  const names = await readdir(join(host().folder, 'state/restore-points'))
  return names.filter((name) => name.startsWith(kind)).map((name) => name.split('-20')[0])
}
const inventory = (owner: string) => `all:
  vars: { connection: local }
  children:
    proxmox: { hosts: { pve1: , pve2: } }
    vms:
      children:
        control: { hosts: { control-node: { vm: { vmid: 104, host: pve2 } } } }
        control_plane: { hosts: { k8s-cp01: { vm: { vmid: 103, host: ${owner} } } } }
`

beforeAll(async () => {
  const { folder, ok } = host()
  await symlink(resolve('roles'), join(folder, 'roles'))
  await symlink(resolve('playbooks'), join(folder, 'playbooks'))
  await writeFile(join(folder, 'hosts.yml'), inventory('pve1'))
  await ok('qm create 104 --name control-node --scsi0 tank:1')
})

test('machines that are named are backed up by the host that they belong to, once', async () => {
  const { code, stderr } = await run('playbooks/backup-vms.yml', { backups_vms: [103, 104] })
  expect([code, stderr]).toEqual([0, ''])
  expect((await points('vm-')).sort()).toEqual(['vm-pve1-103', 'vm-pve2-104'])
  // One that nobody has is asked for once, and is an error.
  const lost = await run('playbooks/backup-vms.yml', { backups_vms: [999] }, '--output', 'json')
  const recap = JSON.parse(lost.stdout.trim().split('\n').at(-1) ?? '')
  expect([lost.stdout.includes('There is no VM 999'), recap.hosts]).toMatchObject([
    true,
    { pve1: { failed: 1 }, pve2: { failed: 0 } },
  ])
})

test('snapshots are taken, and machines restored, on their own host alone', async () => {
  const { code, stderr } = await run('playbooks/snapshots.yml')
  expect([code, stderr]).toEqual([0, ''])
  expect((await points('vm-snapshot')).sort()).toEqual(['vm-snapshot-pve1-103', 'vm-snapshot-pve2-104'])
  for (const vmid of [103, 104]) await host().ok(`qm destroy ${vmid}`)
  const restored = await run('playbooks/restore-platform.yml', { restore_platform: 'pve2' })
  expect([restored.code, restored.stderr]).toEqual([0, ''])
  expect(restored.stdout).not.toContain('which the inventory does not have')
  expect((await host().ok('qm list')).match(/^ +\d+/gm)?.map(Number)).toEqual([104])
})

const guarded = ['backup-vms', 'snapshots', 'drill-vms', 'restore-platform', 'proxmox']

test.each([
  ['two of one number', inventory('pve1').replace('104', '103'), 'Give each a `vmid`', guarded],
  ['one of no host', inventory('~'), 'belong: k8s-cp01. Add the host', ['backup-vms']],
  ['one of a host that is not there', inventory('pve3'), 'belong: k8s-cp01. Add the host', ['backup-vms']],
])('with %s among the machines, nothing is done to any', async (_, text, said, playbooks) => {
  const before = await host().ok('tsplay-doubles calls')
  await writeFile(join(host().folder, 'hosts.yml'), text)
  for (const playbook of playbooks) {
    const { code, stdout, stderr } = await run(`playbooks/${playbook}.yml`)
    const words = `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')
    expect([playbook, code, words]).toEqual([playbook, 2, expect.stringContaining(said)])
  }
  expect(await host().ok('tsplay-doubles calls')).toBe(before)
})
