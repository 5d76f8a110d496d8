import { afterAll, describe, expect, it } from 'vitest'
import blockDevice from '#facts/block-device.ts'
import lvm from '#facts/lvm.ts'
import zfsDataset from '#facts/zfs-dataset.ts'
import zpool from '#facts/zpool.ts'
import { recorded } from '../support/recorded.ts'
import { askHere, toolSets } from '../support/shell-fact.ts'

describe('zpool', () => {
  const [tank, missing] = zpool.parse(recorded('zpool', 'proxmox-9'), ['tank', 'backup'])

  it('reads layout, state and counters from the text of zpool status', () => {
    expect(
      tank?.status.groups.map(({ type, role, devices }) => [role, type, ...devices.map(({ name }) => name)]),
    ).toEqual([
      ['data', 'mirror', '/dev/sda1', '/dev/sdb1'],
      ['data', 'disk', '/dev/nvme0n1p1'],
      ['log', 'disk', '/dev/sdc1'],
      ['spare', 'disk', '/dev/sdd'],
    ])
    expect(tank?.status).toMatchObject({ state: 'ONLINE', errors: 'No known data errors' })
    expect(tank?.status.groups[0]?.devices[0]).toMatchObject({ state: 'ONLINE', errors: 354 })
    expect(tank?.properties.get('ashift')).toEqual({ value: '12', source: 'local' })
  })

  it('tells a pool that can be imported from one that is not there', () => {
    expect(missing).toMatchObject({ exists: false, importable: true, others: ['rpool', 'tank'] })
  })

  it('knows a host without ZFS', () => {
    const [one] = zpool.parse({ rc: 0, stdout: 'unsupported\n', stderr: '' }, ['tank'])
    expect(one).toMatchObject({ unsupported: true, exists: false, others: [] })
  })
})

it('reads a dataset with what lies below it, and one that is not there', () => {
  const [backups, other] = zfsDataset.parse(recorded('zfs-dataset', 'proxmox-9'), [
    'tank-vmstore/backups',
    'tank/x',
  ])
  expect(backups).toMatchObject({
    exists: true,
    children: ['tank-vmstore/backups@2026-11-01'],
    pools: ['rpool', 'tank-vmstore'],
  })
  expect(backups?.properties.get('compression')?.source).toBe('inherited from tank-vmstore')
  expect(other).toMatchObject({ exists: false, children: [] })
})

it('reads the reports of LVM', () => {
  const all = lvm.parse(recorded('lvm', 'proxmox-9'))
  expect(all.physicalVolumes).toEqual([
    { name: '/dev/sda3', group: 'pve' },
    { name: '/dev/sdb1', group: '' },
  ])
  expect(all.groups).toEqual([{ name: 'pve', size: 511033999360, free: 17179869184, extentSize: 4194304 }])
  expect(all.volumes.map(({ name, kind, pool, dataUsed }) => [name, kind, pool, dataUsed])).toEqual([
    ['data', 'thin-pool', '', 91.2],
    ['root', 'other', '', 0],
    ['vm-100-disk-0', 'thin', 'data', 40],
  ])
})

describe('asked on this machine', () => {
  const tools = toolSets()
  afterAll(() => tools.close())

  it.each(tools.sets)('tells devices from files and from nothing, with $name', (set) => {
    const found = askHere(blockDevice, ['/etc/passwd', '/dev/null', '/nowhere'], set, '/')
    expect(found.map(({ kind, signatures }) => [kind, signatures])).toEqual([
      ['file', []],
      ['other', []],
      ['absent', []],
    ])
    expect(found[0]?.size).toBeGreaterThan(0)
  })
})
