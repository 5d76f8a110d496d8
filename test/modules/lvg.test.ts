import { describe, expect, it } from 'vitest'
import type { BlockDevice } from '#facts/block-device.ts'
import lvmFact from '#facts/lvm.ts'
import lvg from '#modules/lvg.ts'
import { recorded } from '../support/recorded.ts'

const lvm = lvmFact.parse(recorded('lvm', 'proxmox-9'))
const disk = (path: string, signatures: readonly string[] = []): BlockDevice => ({
  path,
  kind: 'block',
  real: path,
  size: 1e9,
  signatures,
  known: true,
})

const plan = (args: object, devices: readonly BlockDevice[] = []) =>
  lvg.plan({
    args: { vg: 'pve', ...(devices.length > 0 ? { pvs: devices.map(({ path }) => path) } : {}), ...args },
    state: { lvm, devices },
    mode: 'apply',
  })

describe('lvg', () => {
  it('leaves a group alone that has the devices', () => {
    expect(plan({})).toEqual([])
    expect(plan({}, [disk('/dev/sda3', ['LVM2_member'])])).toEqual([])
  })

  it('gives a group another device, also one that is a physical volume without a group', () => {
    expect(plan({}, [disk('/dev/sda3'), disk('/dev/sdb1', ['LVM2_member'])])).toEqual([
      { field: 'pvs', before: ['/dev/sda3'], after: ['/dev/sda3', '/dev/sdb1'] },
    ])
  })

  it('reports a device that is not named, and takes none away', () => {
    const args = { vg: 'pve', pvs: ['/dev/sdb1'] }
    const state = { lvm, devices: [disk('/dev/sdb1')] }
    const result = lvg.result?.({ args, state, changes: [], applied: undefined, mode: 'apply' })
    expect(result?.warnings).toEqual(['pve also has /dev/sda3, which the task does not name. It stays.'])
  })

  it('takes no device with something on it, and none of another group', () => {
    expect(() => plan({}, [disk('/dev/sdc', ['ext4'])])).toThrow('holds ext4')
    expect(() => plan({ vg: 'other' }, [disk('/dev/sda3', ['LVM2_member'])])).toThrow(
      'belongs to the volume group pve already',
    )
  })

  it('names the groups there are when a name is wrong', () => {
    expect(() => plan({ vg: 'pev' })).toThrow('There is no volume group pev; the host has pve.')
  })

  it('removes a group only with the word for it, and none that has volumes', () => {
    expect(() => plan({ state: 'absent' })).toThrow('`allow_destroy: true`')
    expect(() => plan({ state: 'absent', allow_destroy: true })).toThrow('while it has volumes: data, root')
  })
})
