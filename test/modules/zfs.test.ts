import { describe, expect, it } from 'vitest'
import zfsDataset, { type ZfsDataset } from '#facts/zfs-dataset.ts'
import zfs from '#modules/zfs.ts'
import zpool from '#modules/zpool.ts'
import { recorded } from '../support/recorded.ts'
import { fieldsOf } from '../support/with-bench.ts'
import { withDoubles } from '../support/with-doubles.ts'

const [backups, missing] = zfsDataset.parse(recorded('zfs-dataset', 'proxmox-9'), [
  'tank-vmstore/backups',
  'tonk/x',
])

const plan = (args: object, state: ZfsDataset | undefined = backups) => {
  if (!state) throw new Error('The recording lacks that dataset.')
  return zfs.plan({ args: { name: state.name, ...args }, state, mode: 'apply' })
}

const volume = (bytes: number): ZfsDataset => ({
  name: 'tank-vmstore/v',
  unsupported: false,
  exists: true,
  properties: new Map([['volsize', { value: String(bytes), source: 'local' }]]),
  children: [],
  pools: ['tank-vmstore'],
})

describe('zfs', () => {
  it.each([
    [{ recordsize: '1M' }, []],
    [{ quota: '100G' }, []],
    [{ atime: true }, []],
    [{ quota: 'none' }, ['quota']],
    [{ atime: false }, ['atime']],
    [{ recordsize: 'inherit' }, ['recordsize']],
    [{ compression: 'inherit' }, []],
    [{ 'tsplay:job': 'weekly' }, ['tsplay:job']],
    [{ casesensitivity: 'mixed' }, []],
  ])('%j changes %j', (properties, fields) => {
    expect(fieldsOf({ changes: plan({ properties }) })).toEqual(fields)
  })

  it('says when a change holds for new data only, and reports what is fixed', () => {
    const args = {
      name: 'tank-vmstore/backups',
      properties: { compression: 'zstd', casesensitivity: 'mixed' },
    }
    if (!backups) throw new Error('The recording lacks that dataset.')
    const changes = plan(args)
    const result = zfs.result?.({ args, state: backups, changes, applied: undefined, mode: 'apply' })
    expect(result?.msg).toContain('compression: holds for new data')
    expect(result?.warnings).toEqual([
      'tank-vmstore/backups has casesensitivity=sensitive, not mixed, which is fixed when it is made. tsplay does not change that.',
    ])
  })

  it('names the pools there are when the pool is wrong, and a property that there is not', () => {
    expect(() => plan({}, missing)).toThrow('There is no pool tonk; the host has rpool, tank-vmstore.')
    expect(() => plan({ properties: { recordsiez: '1M' } })).toThrow('has no property "recordsiez"')
  })

  it('lets a volume grow and never shrink', () => {
    expect(plan({ volsize: '2G' }, volume(1024 ** 3))).toEqual([
      { field: 'volsize', before: 1024 ** 3, after: 2 * 1024 ** 3 },
    ])
    expect(plan({ volsize: '1024M' }, volume(1024 ** 3))).toEqual([])
    expect(() => plan({ volsize: '512M' }, volume(1024 ** 3))).toThrow('would cut off data')
    expect(() => plan({ volsize: '1G' })).toThrow('is a file system, not a volume')
  })

  it('leaves disks of guests to Proxmox', () => {
    expect(() => plan({ name: 'tank-vmstore/vm-103-disk-0' })).toThrow('belongs to a guest of Proxmox')
  })

  it('destroys only with the word for it, and nothing that has something below it', () => {
    expect(() => plan({ state: 'absent' })).toThrow('say `allow_destroy: true`')
    expect(() => plan({ state: 'absent', allow_destroy: true })).toThrow('@2026-11-01')
    expect(fieldsOf({ changes: plan({ state: 'absent', allow_destroy: true }, volume(1)) })).toEqual([
      'state',
    ])
  })
})

describe('zfs, run', { timeout: 300_000 }, () => {
  const bench = withDoubles('zpool', 'zfs')

  it('makes a file system with those above it, and keeps its properties', async () => {
    const disk = bench().disk('a', 1024)
    await bench().run(zpool, { name: 'tank', vdevs: [{ devices: [disk] }] })
    const name = 'tank/srv/backups'
    const made = await bench().run(zfs, { name, parents: true, properties: { quota: '100M' } })
    expect([fieldsOf(made), made.unsettled]).toEqual([['state'], []])
    const properties = { quota: 'none', recordsize: '1M', compression: 'zstd', atime: false }
    expect(fieldsOf(await bench().converge(zfs, { name, properties }))).toEqual(Object.keys(properties))
  })

  it('takes a local value back, and lets a volume grow', async () => {
    const inherited = await bench().run(zfs, {
      name: 'tank/srv/backups',
      properties: { recordsize: 'inherit' },
    })
    expect([fieldsOf(inherited), inherited.unsettled]).toEqual([['recordsize'], []])
    const made = await bench().run(zfs, { name: 'tank/disk', volsize: '64M' })
    const grown = await bench().run(zfs, { name: 'tank/disk', volsize: '128M' })
    expect([fieldsOf(made), fieldsOf(grown), grown.unsettled]).toEqual([['state'], ['volsize'], []])
  })

  it('destroys one, and nothing that has something below it', async () => {
    const gone = { state: 'absent', allow_destroy: true }
    await expect(bench().run(zfs, { name: 'tank/srv', ...gone })).rejects.toThrow('tank/srv/backups')
    await bench().run(zfs, { name: 'tank/srv/backups', ...gone })
    await bench().converge(zfs, { name: 'tank/srv', ...gone })
  })
})
