import { describe, expect, it } from 'vitest'
import type { BlockDevice } from '#facts/block-device.ts'
import zpoolFact, { type Zpool } from '#facts/zpool.ts'
import zpool from '#modules/zpool.ts'
import type { Mode } from '#sdk/module.ts'
import { createWords } from '#sdk/zpool-layout.ts'
import { recorded } from '../support/recorded.ts'
import { fieldsOf } from '../support/with-bench.ts'
import { withDoubles } from '../support/with-doubles.ts'

const byId = '/dev/disk/by-id/ata-A'

const [tank, backup, none] = zpoolFact.parse(recorded('zpool', 'proxmox-9'), ['tank', 'backup', 'tonk'])

const device = (path: string, rest: Partial<BlockDevice> = {}): BlockDevice => ({
  path,
  kind: 'block',
  real: '/dev/sde',
  size: 1e9,
  signatures: [],
  known: true,
  ...rest,
})

const pool = (one: Zpool | undefined): Zpool => {
  if (!one) throw new Error('The recording lacks that pool.')
  return one
}

const plan = (args: object, state: { pool: Zpool; devices?: readonly BlockDevice[] }, mode: Mode = 'apply') =>
  zpool.plan({ args: { name: state.pool.name, ...args }, state: { devices: [], ...state }, mode })

const told = (args: object, state: { pool: Zpool; devices?: readonly BlockDevice[] }) =>
  zpool.result?.({
    args: { name: state.pool.name, ...args },
    state: { devices: [], ...state },
    changes: [],
    applied: undefined,
    mode: 'apply',
  })

describe('zpool', () => {
  it('leaves alone a pool that has the properties, however they are spelled', () => {
    expect(plan({ properties: { autotrim: 'off' } }, { pool: pool(tank) })).toEqual([])
    expect(plan({ properties: { autotrim: false, ashift: 13 } }, { pool: pool(tank) })).toEqual([])
  })

  it('sets a property that has drifted', () => {
    expect(plan({ properties: { autotrim: true } }, { pool: pool(tank) })).toEqual([
      { field: 'autotrim', before: 'off', after: 'on' },
    ])
  })

  it('imports a pool that is found on devices, rather than make another', () => {
    expect(plan({ vdevs: [{ devices: [byId] }] }, { pool: pool(backup), devices: [device(byId)] })).toEqual([
      { field: 'state', before: 'exported', after: 'imported' },
    ])
  })

  it('names the pools there are when a name is wrong', () => {
    expect(() => plan({}, { pool: pool(none) })).toThrow('There is no pool tonk; the host has rpool, tank.')
  })

  it('makes a pool of empty devices only, named so that they stay the same', () => {
    const args = { vdevs: [{ devices: [byId] }] }
    const make = (one: BlockDevice) => plan(args, { pool: pool(none), devices: [one] })
    expect(fieldsOf({ changes: make(device(byId)) })).toEqual(['state'])
    expect(fieldsOf({ changes: make(device('/srv/disk', { kind: 'file' })) })).toEqual(['state'])
    expect(() => make(device(byId, { signatures: ['ext4'] }))).toThrow('not empty: it holds ext4')
    expect(() => make(device(byId, { known: false }))).toThrow('wipefs failed')
    expect(() => make(device(byId, { kind: 'absent' }))).toThrow('does not exist')
    expect(() => make(device('/dev/sdb'))).toThrow('ls -l /dev/disk/by-id')
  })

  it('never destroys a pool without the word for it', () => {
    expect(() => plan({ state: 'absent' }, { pool: pool(tank) })).toThrow('say `allow_destroy: true`')
    expect(plan({ state: 'absent', allow_destroy: true }, { pool: pool(tank) })).toEqual([
      { field: 'state', before: 'present', after: 'absent' },
    ])
    expect(plan({ state: 'absent' }, { pool: pool(none) })).toEqual([])
  })

  it('reports another layout and counted errors, and changes neither', () => {
    const args = { vdevs: [{ devices: [byId] }], properties: { ashift: 13 } }
    const state = { pool: pool(tank), devices: [device(byId)] }
    expect(plan(args, state)).toEqual([])
    expect(told(args, state)?.warnings?.join('\n')).toBe(
      'The pool tank consists of mirror(/dev/sda /dev/sdb) + /dev/nvme0n1 + log /dev/sdc + spare /dev/sdd, not of /dev/sde. tsplay does not change that.\n' +
        'The pool tank has ashift=12, not 13, which is fixed when it is made. tsplay does not change that.\n' +
        'The devices of tank counted 354 errors.',
    )
    expect(told(args, state)?.data).toMatchObject({ health: { state: 'ONLINE', errors: 354, capacity: 37 } })
  })

  it('knows devices under their real names and without the partition that ZFS made', () => {
    const vdevs = [
      { type: 'mirror', devices: [byId, '/dev/disk/by-id/ata-B'] },
      { devices: ['/dev/nvme0n1'] },
      { role: 'log', devices: ['/dev/sdc'] },
      { role: 'spare', devices: ['/dev/sdd'] },
    ]
    const devices = [
      device(byId, { real: '/dev/sda' }),
      device('/dev/disk/by-id/ata-B', { real: '/dev/sdb' }),
    ]
    expect(told({ vdevs }, { pool: pool(tank), devices })?.data).toMatchObject({ drift: [] })
  })

  it('spells out what zpool create is told', () => {
    expect(
      createWords({
        name: 'tank',
        vdevs: [
          { type: 'mirror', devices: ['/a', '/b'] },
          { role: 'log', devices: ['/c'] },
        ],
        properties: { ashift: 12, autotrim: true },
        filesystem_properties: { compression: 'lz4' },
      }).join(' '),
    ).toBe('-o ashift=12 -o autotrim=on -O compression=lz4 tank mirror /a /b log /c')
  })

  it('plans on a host that has no ZFS yet, and says what to install when it comes to it', () => {
    const bare = { ...pool(none), unsupported: true }
    expect(fieldsOf({ changes: plan({}, { pool: bare }, 'check') })).toEqual(['state'])
    expect(() => plan({}, { pool: bare })).toThrow('install zfsutils-linux')
  })
})

describe('zpool, run', { timeout: 300_000 }, () => {
  const bench = withDoubles('zpool', 'zfs')
  const args = () => ({
    name: 'tank',
    vdevs: [{ type: 'mirror', devices: [`${bench().folder}/a`, `${bench().folder}/b`] }],
    properties: { ashift: 12, autotrim: true },
    filesystem_properties: { compression: 'lz4' },
  })

  it('makes a pool of empty disks, once, and keeps its properties', async () => {
    bench().disk('a', 256)
    bench().disk('b', 256)
    expect(fieldsOf(await bench().converge(zpool, args()))).toEqual(['state'])
    const outcome = await bench().converge(zpool, {
      ...args(),
      properties: { autotrim: false, comment: 'guests' },
    })
    expect(fieldsOf(outcome)).toEqual(['autotrim', 'comment'])
    expect(outcome.result.data).toMatchObject({ drift: [], health: { state: 'ONLINE', errors: 0 } })
  })

  it('reports a layout that differs', async () => {
    const other = { ...args(), vdevs: [{ devices: [bench().disk('c', 256)] }] }
    const outcome = await bench().run(zpool, { ...other, properties: {} })
    expect(outcome.changes).toEqual([])
    expect(outcome.result.warnings?.[0]).toContain('consists of mirror(')
  })

  it('destroys it when told so', async () => {
    await bench().converge(zpool, { name: 'tank', state: 'absent', allow_destroy: true })
    await expect(bench().run(zpool, { name: 'tank' })).rejects.toThrow(
      'There is no pool tank; the host has none.',
    )
  })
})
