import { describe, expect, it } from 'vitest'
import proxmoxStorageFact from '#facts/proxmox-storage.ts'
import proxmoxStorage from '#modules/proxmox-storage.ts'
import { withPveBench } from '../support/pve-bench.ts'
import { recorded } from '../support/recorded.ts'
import { fieldsOf } from '../support/with-bench.ts'

const state = proxmoxStorageFact.parse(recorded('proxmox-storage', 'pve-9.1'))
const plan = (storage: string, args: object) =>
  proxmoxStorage.plan({ args: { storage, ...args }, state, mode: 'apply' })
const fields = (storage: string, args: object) => plan(storage, args).map(({ field }) => field)

describe('proxmox_storage', () => {
  it.each([
    [
      'local-lvm',
      { type: 'lvmthin', content: ['images', 'rootdir'], options: { thinpool: 'data', vgname: 'pve' } },
      [],
    ],
    ['tank-vmstore', { options: { sparse: true } }, []],
    ['tank-vmstore', { options: { sparse: false } }, ['sparse']],
    ['tank-vmstore', { disabled: false }, []],
    ['tank-vmstore', { disabled: true }, ['disable']],
    ['local', { prune_backups: { 'keep-last': 1, 'keep-weekly': 4 } }, []],
    ['local', { prune_backups: { 'keep-last': 1 } }, ['prune-backups']],
    ['local', { content: ['iso', 'vztmpl', 'snippets'] }, ['content']],
    ['local', { state: 'absent' }, ['state']],
    ['nothing', { state: 'absent' }, []],
    ['backups', { type: 'dir', options: { path: '/srv/b' } }, ['state']],
  ])('%s with %j changes %j', (storage, args, changes) => {
    expect(fields(storage, args)).toEqual(changes)
  })

  it('reports a setting that is fixed, and does not define the storage anew', () => {
    const args = { storage: 'tank-vmstore', options: { pool: 'tank-other' } }
    expect(fields('tank-vmstore', args)).toEqual([])
    const told = proxmoxStorage.result?.({ args, state, changes: [], applied: undefined, mode: 'apply' })
    expect(told?.warnings).toEqual([
      'The storage tank-vmstore has pool tank-vmstore, not tank-other. tsplay does not define a storage anew.',
    ])
    expect(() => plan('local', { type: 'zfspool' })).toThrow('of the type dir, not zfspool')
  })

  it('names what there is when a pool is wrong', () => {
    expect(() => plan('vms', { type: 'zfspool', options: { pool: 'tank-vmstor' } })).toThrow(
      'There is no ZFS pool or dataset tank-vmstor; the host has tank-vmstore, tank-vmstore/backups.',
    )
    expect(() => plan('thin', { type: 'lvmthin', options: { vgname: 'pve', thinpool: 'dada' } })).toThrow(
      'There is no thin pool pve/dada; the host has pve/data.',
    )
    expect(() => plan('vms', {})).toThrow('`type` is missing')
  })
})

describe('proxmox_storage, run', { timeout: 300_000 }, () => {
  const bench = withPveBench()
  const backups = {
    storage: 'backups',
    type: 'dir',
    content: ['backup'],
    prune_backups: { 'keep-last': 1, 'keep-weekly': 4 },
    options: { path: '/srv/pve-backups', is_mountpoint: true },
  }

  it('defines a storage, changes it and removes it, each once', async () => {
    await bench().converge(proxmoxStorage, backups)
    expect(bench().told()).toEqual([
      'pvesm add dir backups --content backup --prune-backups keep-last=1,keep-weekly=4 --path /srv/pve-backups --is_mountpoint 1',
    ])
    expect(
      fieldsOf(await bench().converge(proxmoxStorage, { ...backups, content: ['backup', 'iso'] })),
    ).toEqual(['content'])
    expect(bench().told()).toEqual(['pvesm set backups --digest d --content backup,iso'])
    await bench().converge(proxmoxStorage, { storage: 'backups', state: 'absent' })
  })
})
