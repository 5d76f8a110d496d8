import { describe, expect, it } from 'vitest'
import filesystem from '#modules/filesystem.ts'
import lvg from '#modules/lvg.ts'
import lvol from '#modules/lvol.ts'
import proxmoxStorage from '#modules/proxmox-storage.ts'
import proxmoxToken from '#modules/proxmox-token.ts'
import proxmoxUser from '#modules/proxmox-user.ts'
import proxmoxVm from '#modules/proxmox-vm.ts'
import zfs from '#modules/zfs.ts'
import zpool from '#modules/zpool.ts'
import { withLabHost } from '../support/lab.ts'

const template = {
  vmid: 9000,
  name: 'debian13-template',
  state: 'template',
  memory: 512,
  cores: 1,
  cpu: 'host',
  disks: { scsi0: { storage: 'tank', import_from: '/var/lib/vz/debian.img' } },
  networks: [{ bridge: 'vmbr0' }],
  cloud_init: { storage: 'tank' },
  boot_order: ['scsi0'],
}

const machine = {
  vmid: 103,
  name: 'k8s-cp01',
  state: 'started',
  clone: { from: 9000, storage: 'tank' },
  memory: 1024,
  cores: 1,
  cpu: 'host',
  disks: { scsi0: { storage: 'tank', size: '4G' } },
  networks: [{ bridge: 'vmbr0' }],
  cloud_init: { user: 'ops', ssh_keys: ['ssh-ed25519 AAAA a'], ip: ['ip=10.10.0.103/24,gw=10.10.0.1'] },
}

/** Each module is applied, has settled, and changes nothing the second time. */
describe('modules against doubles of what they drive', () => {
  const bench = withLabHost('pve', [], ['proxmox', 'zfs', 'lvm'])

  it('makes a pool and its datasets', async () => {
    await bench().look(
      'truncate -s 20G /var/disk1 /var/disk2; mkdir -p /var/lib/vz; truncate -s 1G /var/lib/vz/debian.img',
    )
    const made = await bench().converge(zpool, {
      name: 'tank',
      vdevs: [{ devices: ['/var/disk1'] }],
      properties: { autotrim: 'on' },
    })
    expect(made.changes.length).toBeGreaterThan(0)
    await bench().converge(zfs, { name: 'tank/data', properties: { compression: 'lz4', quota: '1G' } })
    expect(await bench().look('zfs get -Hp -o value compression,quota tank/data')).toBe('lz4\n1073741824\n')
  })

  it('makes a group, a thin pool and a volume with a file system', async () => {
    await bench().converge(lvg, { vg: 'pve', pvs: ['/var/disk2'] })
    await bench().converge(lvol, { vg: 'pve', lv: 'data', type: 'thin_pool', size: '10g' })
    await bench().converge(lvol, { vg: 'pve', lv: 'logs', size: '256m' })
    await bench().converge(filesystem, { dev: '/dev/pve/logs', fstype: 'ext4' })
    expect(await bench().look('blkid -o value -s TYPE /dev/pve/logs')).toBe('ext4\n')
    await bench().converge(lvol, { vg: 'pve', lv: 'logs', size: '512m' })
    expect(await bench().look('lvs --noheadings --units m -o lv_size pve/logs')).toBe('  512.00m\n')
  })

  it('defines storages, users and tokens', async () => {
    await bench().converge(proxmoxStorage, {
      storage: 'tank',
      type: 'zfspool',
      content: ['images', 'rootdir'],
      options: { pool: 'tank', sparse: true },
    })
    await bench().converge(proxmoxUser, { userid: 'ops@pve', comment: 'Operators' })
    await bench().run(proxmoxToken, { userid: 'ops@pve', tokenid: 'backup', privsep: false })
    expect(
      await bench().look(
        'pvesh get /access/users/ops@pve/token --output-format json | grep -c \'"tokenid":"backup"\'',
      ),
    ).toBe('1\n')
  })

  it('makes a template and a machine from it, which it starts', async () => {
    await bench().converge(proxmoxVm, template)
    await bench().converge(proxmoxVm, machine)
    expect(await bench().look('qm status 103; zfs list -Hp -o volsize tank/vm-103-disk-0')).toBe(
      `status: running\n${4 * 1024 ** 3}\n`,
    )
  })

  it('sees a drifted machine, and mends it', async () => {
    await bench().look('qm set 103 --tags drifted --delete onboot; qm stop 103')
    const check = await bench().run(proxmoxVm, { ...machine, tags: ['prod'] }, 'check')
    expect(check.changes.map(({ field }) => field)).toContain('tags')
    await bench().converge(proxmoxVm, { ...machine, tags: ['prod'] })
    expect(await bench().look('qm config 103 | grep tags; qm status 103')).toBe(
      'tags: prod\nstatus: running\n',
    )
  })
})
