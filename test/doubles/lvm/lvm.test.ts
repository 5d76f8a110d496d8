import { mkdir, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseSize, showSize } from '#doubles/lvm/lvm-size.ts'
import { type DoubleBench, doubleBench } from '../../support/doubles.ts'

const [mib, gib] = [1024 ** 2, 1024 ** 3]
const json = '--reportformat json --units b --nosuffix'

async function hostWithDisks(): Promise<DoubleBench> {
  const bench = await doubleBench()
  await mkdir(join(bench.root, 'dev'), { recursive: true })
  for (const [name, bytes] of [
    ['sda', gib],
    ['sdb', gib],
    ['tiny', mib],
  ] as const) {
    await writeFile(join(bench.root, 'dev', name), '')
    await truncate(join(bench.root, 'dev', name), bytes)
  }
  return bench
}

async function hostWithGroup(): Promise<DoubleBench> {
  const bench = await hostWithDisks()
  await bench.ok('vgcreate pve /dev/sda')
  return bench
}

const rows = (text: string, kind: string): unknown => JSON.parse(text).report[0][kind]

describe('lvm', () => {
  it('reports nothing on a host without volumes, and ends well', async () => {
    const { ok } = await doubleBench()
    expect(await ok('vgs')).toBe('')
    expect(rows(await ok(`lvs ${json} -o lv_name`), 'lv')).toEqual([])
  })

  it('makes a group of a disk, less what metadata and whole extents take', async () => {
    const { ok } = await hostWithGroup()
    expect(rows(await ok(`vgs ${json} -o vg_name,vg_size,vg_free,vg_extent_size`), 'vg')).toEqual([
      {
        vg_name: 'pve',
        vg_size: String(gib - 4 * mib),
        vg_free: String(gib - 4 * mib),
        vg_extent_size: String(4 * mib),
      },
    ])
    expect(rows(await ok(`pvs ${json} -o pv_name,vg_name`), 'pv')).toEqual([
      { pv_name: '/dev/sda', vg_name: 'pve' },
    ])
    expect(await ok('vgs')).toBe(
      '  VG  #PV #LV #SN Attr      VSize    VFree\n  pve   1   0   0 wz--n- 1020.00m 1020.00m\n',
    )
    expect(await ok('vgs --noheadings -o vg_name,pv_count --separator :')).toBe('  pve:1\n')
  })

  it('makes volumes that are devices, and counts what they take', async () => {
    const { ok, root } = await hostWithGroup()
    expect(await ok('lvcreate -y -L 100m -n logs pve')).toBe('  Logical volume "logs" created.\n')
    expect((await stat(join(root, 'dev/pve/logs'))).size).toBe(100 * mib)
    expect(await ok('lvcreate -qq -y -l 50%FREE -n half pve')).toBe('')
    expect(rows(await ok(`lvs ${json} -o lv_name,lv_size,lv_attr,lv_path pve`), 'lv')).toEqual([
      { lv_name: 'half', lv_size: String(460 * mib), lv_attr: '-wi-a-----', lv_path: '/dev/pve/half' },
      { lv_name: 'logs', lv_size: String(100 * mib), lv_attr: '-wi-a-----', lv_path: '/dev/pve/logs' },
    ])
    expect(await ok('vgs --noheadings -o vg_free')).toBe('  460.00m\n')
  })

  it('takes a thin pool out of the group and thin volumes out of the pool', async () => {
    const { ok, run } = await hostWithGroup()
    await ok('lvcreate -y --type thin-pool -L 500m -n data pve')
    const thin = await run('lvcreate -y --type thin -V 2g --thinpool data -n vm-100-disk-0 pve')
    expect(thin).toMatchObject({ exit: 0, stdout: '  Logical volume "vm-100-disk-0" created.\n' })
    expect(thin.stderr).toContain(
      'WARNING: Sum of all thin volume sizes (2.00g) exceeds the size of thin pool pve/data',
    )
    expect(rows(await ok(`lvs ${json} -o lv_name,lv_size,pool_lv,lv_attr,data_percent`), 'lv')).toEqual([
      {
        lv_name: 'data',
        lv_size: String(500 * mib),
        pool_lv: '',
        lv_attr: 'twi-a-tz--',
        data_percent: '0.00',
      },
      {
        lv_name: 'vm-100-disk-0',
        lv_size: String(2 * gib),
        pool_lv: 'data',
        lv_attr: 'Vwi-a-t---',
        data_percent: '0.00',
      },
    ])
    expect(await ok('vgs --noheadings --units m -o vg_free')).toBe('  512.00m\n')
    await ok('lvremove -y pve/data')
    expect(await ok('lvs')).toBe('')
  })

  it('fills a group to the last extent with a pool', async () => {
    const { ok } = await hostWithGroup()
    await ok('lvcreate -y --type thin-pool -l 100%FREE -n data pve')
    expect(await ok('vgs --noheadings --units b --nosuffix -o vg_free')).toBe('  0\n')
  })

  it('grows by sizes and by shares, and shrinks only when told twice', async () => {
    const { ok, run } = await hostWithGroup()
    await ok('lvcreate -y -L 100m -n a pve')
    expect(await ok('lvextend -L +50m pve/a')).toContain(
      'changed from 100.00m (25 extents) to 152.00m (38 extents)',
    )
    expect((await run('lvextend -L 100m pve/a')).stderr).toContain('not larger than existing size')
    expect((await run('lvextend -L 152m pve/a')).stderr).toContain('matches existing size')
    expect((await run('lvreduce -L 100m pve/a')).stderr).toContain('NOT reduced')
    await ok('lvreduce -y -L 100m pve/a')
    await ok('lvextend -l +100%FREE /dev/pve/a')
    expect(await ok('vgs --noheadings --units b --nosuffix -o vg_free')).toBe('  0\n')
  })

  it('grows a group by a disk, and lets the disk go while it is empty', async () => {
    const { ok, run } = await hostWithGroup()
    expect(await ok('vgextend pve /dev/sdb')).toContain('Volume group "pve" successfully extended')
    await ok('lvcreate -y -L 1500m -n big pve')
    expect((await run('vgreduce pve /dev/sdb')).stderr).toContain('still in use')
    await ok('lvremove -f pve/big')
    await ok('vgreduce pve /dev/sdb')
    await ok('pvremove /dev/sdb')
    expect(rows(await ok(`pvs ${json} -o pv_name`), 'pv')).toEqual([{ pv_name: '/dev/sda' }])
    await ok('vgremove -y pve')
    expect(await ok('vgs')).toBe('')
  })

  it.each([
    ['vgcreate pve /dev/sdb', 5, 'A volume group called pve already exists.'],
    ['vgcreate other /dev/sda', 5, "'/dev/sda' is already in volume group 'pve'"],
    ['vgcreate other /dev/none', 5, 'No device found for /dev/none.'],
    ['vgcreate other /dev/tiny', 5, 'device is too small'],
    ['vgcreate -s 3m other /dev/sdb', 3, 'Physical extent size must be a power of 2'],
    ['vgcreate a/b /dev/sdb', 3, 'is invalid'],
    ['vgs none', 5, 'Volume group "none" not found'],
    ['lvs pve/none', 5, 'Failed to find logical volume "pve/none"'],
    ['lvcreate -L 5g -n a pve', 5, 'has insufficient free space (255 extents): 1280 required.'],
    ['lvcreate -L lots -n a pve', 3, 'Invalid argument for --size: lots'],
    ['lvcreate -n a pve', 3, 'Please specify either size or extents'],
    ['lvcreate -L 8m -n x_tdata pve', 3, 'Names including "_tdata" are reserved'],
    ['lvcreate -L 8m -n a none', 5, 'Volume group "none" not found'],
    ['lvcreate -V 1g --thinpool none -n a pve', 5, 'Failed to find logical volume "pve/none"'],
    ['lvremove pve', 5, 'not removed'],
    ['vgs -o wrong', 3, 'Unrecognised field: wrong'],
    ['vgs --wrong', 3, "unrecognized option '--wrong'"],
  ])('refuses "%s" with %i', async (line, exit, message) => {
    const { run, ok } = await hostWithGroup()
    if (line === 'lvremove pve') await ok('lvcreate -y -L 8m -n a pve')
    const answer = await run(line)
    expect(answer.exit).toBe(exit)
    expect(answer.stderr).toContain(message)
  })

  it('keeps no volume of a call that was refused', async () => {
    const { run, ok } = await hostWithGroup()
    await ok('lvcreate -y -L 8m -n a pve')
    expect((await run('lvcreate -y -L 8m -n a pve')).stderr).toContain(
      '"a" already exists in volume group "pve"',
    )
    expect(await ok('vgs --noheadings -o lv_count')).toBe('  1\n')
  })
})

describe('sizes', () => {
  it.each([
    ['100', 100 * mib],
    ['1g', gib],
    ['1.5G', 1.5 * gib],
    ['512b', 512],
    ['2s', 1024],
    ['10MiB', 10 * mib],
  ])('reads %s', (text, bytes) => expect(parseSize(text, '--size')).toBe(bytes))

  it.each([
    [gib, 'r', '1.00g'],
    [gib - 1, 'r', '<1024.00m'],
    [gib, 'm', '1024.00m'],
    [gib, 'G', '1.07G'],
    [gib, 'b', '1073741824B'],
    [0, 'r', '0'],
  ])('shows %i bytes in unit %s as %s', (bytes, unit, text) => {
    expect(showSize(bytes, { unit, hasSuffix: true })).toBe(text)
  })
})
