import { describe, expect, it } from 'vitest'
import lvmFact from '#facts/lvm.ts'
import lvg from '#modules/lvg.ts'
import lvol from '#modules/lvol.ts'
import { recorded } from '../support/recorded.ts'
import { fieldsOf } from '../support/with-bench.ts'
import { withDoubles } from '../support/with-doubles.ts'

const lvmPrograms = [
  'pvs',
  'vgs',
  'lvs',
  'pvcreate',
  'vgcreate',
  'vgextend',
  'vgremove',
  'lvcreate',
  'lvextend',
  'lvremove',
]

const state = lvmFact.parse(recorded('lvm', 'proxmox-9'))
const plan = (args: object) => lvol.plan({ args: { vg: 'pve', lv: 'data', ...args }, state, mode: 'apply' })
const pool = { type: 'thin_pool' }

describe('lvol', () => {
  it.each([
    ['348G', []],
    ['356352M', []],
    ['363000M', ['size']],
    ['100%FREE', []],
  ])('a thin pool of 348 GiB with the size %s changes %j', (size, fields) => {
    expect(plan({ ...pool, size }).map(({ field }) => field)).toEqual(fields)
  })

  it('grows no further than there is room', () => {
    expect(() => plan({ ...pool, size: '1T' })).toThrow('has only 16.0 GiB left')
  })

  it('shrinks only with the word for it', () => {
    expect(() => plan({ ...pool, size: '10G' })).toThrow('say `allow_shrink: true`')
    expect(plan({ ...pool, size: '10G', allow_shrink: true })).toMatchObject([{ field: 'size' }])
  })

  it('makes a volume where there is room', () => {
    expect(plan({ lv: 'logs', size: '10G' })).toEqual([{ field: 'state', before: 'absent', after: '10G' }])
    expect(() => plan({ lv: 'logs', size: '17G' })).toThrow('needs 17.0 GiB, but pve has only 16.0 GiB left')
    expect(() => plan({ lv: 'logs' })).toThrow('`size` says how large')
    expect(() => plan({ vg: 'pev', lv: 'logs', size: '1G' })).toThrow('the host has pve')
  })

  it('makes thin volumes in a thin pool, larger than what is left', () => {
    expect(plan({ lv: 'big', type: 'thin', thinpool: 'data', size: '1T' })).toMatchObject([
      { field: 'state' },
    ])
    expect(() => plan({ lv: 'big', type: 'thin', thinpool: 'root', size: '1T' })).toThrow('no thin pool root')
  })

  it('makes no other kind of a volume that exists', () => {
    expect(() => plan({ size: '348G' })).toThrow('exists and is a thin-pool')
  })

  it('removes only with the word for it', () => {
    expect(() => plan({ state: 'absent' })).toThrow('say `allow_destroy: true`')
    expect(plan({ state: 'absent', allow_destroy: true })).toMatchObject([{ after: 'absent' }])
    expect(plan({ lv: 'nothing', state: 'absent' })).toEqual([])
  })

  it('warns of a thin pool that is nearly full', () => {
    const args = { vg: 'pve', lv: 'data' }
    const result = lvol.result?.({ args, state, changes: [], applied: undefined, mode: 'apply' })
    expect(result?.warnings).toEqual(['The thin pool data is nearly full: 91.2 % data, 2.71 % metadata.'])
  })
})

describe('lvg and lvol, run', { timeout: 300_000 }, () => {
  const bench = withDoubles(...lvmPrograms)

  it('make a group with a thin pool and volumes, once, and let them grow', async () => {
    const disk = bench().disk('a', 1024)
    expect(fieldsOf(await bench().converge(lvg, { vg: 'pve', pvs: [disk] }))).toEqual(['state'])
    const thin = { vg: 'pve', lv: 'data', type: 'thin_pool' }
    expect(fieldsOf(await bench().converge(lvol, { ...thin, size: '400M' }))).toEqual(['state'])
    expect(fieldsOf(await bench().converge(lvol, { ...thin, size: '500M' }))).toEqual(['size'])
    const volume = { vg: 'pve', lv: 'vm', type: 'thin', thinpool: 'data' }
    expect(fieldsOf(await bench().converge(lvol, { ...volume, size: '2G' }))).toEqual(['state'])
    expect(fieldsOf(await bench().converge(lvol, { vg: 'pve', lv: 'logs', size: '10M' }))).toEqual(['state'])
  })

  it('give a group another disk, and remove what they are told to', async () => {
    const [first, second] = [`${bench().folder}/a`, bench().disk('b', 512)]
    expect(fieldsOf(await bench().converge(lvg, { vg: 'pve', pvs: [first, second] }))).toEqual(['pvs'])
    await expect(bench().run(lvg, { vg: 'pve', state: 'absent', allow_destroy: true })).rejects.toThrow(
      'it has volumes',
    )
    await bench().converge(lvol, { vg: 'pve', lv: 'logs', state: 'absent', allow_destroy: true })
  })
})
