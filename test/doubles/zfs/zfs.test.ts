import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { niceBytes, parseSize } from '#doubles/zfs/sizes.ts'
import { type DoubleBench, doubleBench } from '../../support/doubles.ts'

const gib = 1024 ** 3

/** A host with two empty disks of 1 GiB, and a file that is too small for anything. */
async function hostWithDisks(): Promise<DoubleBench> {
  const bench = await doubleBench()
  await mkdir(join(bench.root, 'dev'), { recursive: true })
  for (const [name, bytes] of [
    ['sda', gib],
    ['sdb', gib],
    ['sdc', gib],
    ['small', 1024],
  ] as const) {
    await writeFile(join(bench.root, 'dev', name), '')
    await truncate(join(bench.root, 'dev', name), bytes)
  }
  return bench
}

async function hostWithPool(): Promise<DoubleBench> {
  const bench = await hostWithDisks()
  await bench.ok('zpool create -o ashift=12 -O compression=lz4 -O atime=off tank /dev/sda')
  return bench
}

describe('zpool', () => {
  it('says that there is no pool, and ends well', async () => {
    const { run } = await doubleBench()
    expect(await run('zpool list')).toEqual({ exit: 0, stdout: 'no pools available\n', stderr: '' })
    expect(await run('zpool status')).toEqual({ exit: 0, stdout: 'no pools available\n', stderr: '' })
    expect(await run('zpool list tank')).toEqual({
      exit: 1,
      stdout: '',
      stderr: "cannot open 'tank': no such pool\n",
    })
    expect(await run('zpool import')).toMatchObject({ exit: 1, stderr: 'no pools available to import\n' })
  })

  it('makes a pool of a disk, whose properties are exact with -p and readable without', async () => {
    const { ok } = await hostWithPool()
    expect(await ok('zpool list -Hp -o name,size,alloc,health,ashift,cap')).toBe(
      'tank\t1068498944\t98304\tONLINE\t12\t0\n',
    )
    expect(await ok('zpool list -H')).toMatch(/^tank\t1019M\t96K\t1019M\t-\t-\t0%\t0%\t1\.00x\tONLINE\t-\n$/)
    expect(await ok('zpool get -Hp -o value,source ashift,autotrim tank')).toBe('12\tlocal\noff\tdefault\n')
  })

  it.each([
    ['zpool create tank /dev/nope', "cannot open '/dev/nope': No such file or directory"],
    ['zpool create tank nope', "cannot open 'nope': no such device in /dev"],
    ['zpool create tank mirror sda', 'invalid vdev specification: mirror requires at least 2 devices'],
    ['zpool create tank small', 'less than the minimum size (64M)'],
    ['zpool create mirror sda', "cannot create 'mirror': name is reserved"],
    ['zpool create 1st sda', "cannot create '1st': name must begin with a letter"],
    ['zpool create -o ashift=99 tank sda', 'only values between 9 and 16 are allowed'],
    ['zpool create -o wrong=1 tank sda', "property 'wrong' is not a valid pool or vdev property"],
    ['zpool create -O compression=best tank sda', "'compression' must be one of 'on | off"],
    ['zpool create tank mirror sda sdb sdc mirror', 'mirror requires at least 2 devices'],
  ])('refuses "%s"', async (line, message) => {
    const { run, ok } = await hostWithDisks()
    const answer = await run(line)
    expect(answer.exit).toBe(1)
    expect(answer.stderr).toContain(message)
    expect(await ok('zpool list')).toBe('no pools available\n')
  })

  it('does not take a disk that another pool has', async () => {
    const { run } = await hostWithPool()
    expect((await run('zpool create -f other sda')).stderr).toContain(
      "/dev/sda is part of active pool 'tank'",
    )
    expect((await run('zpool create tank sdb')).stderr).toBe("cannot create 'tank': pool already exists\n")
  })

  it('tells a mirror from single disks when it grows', async () => {
    const { run } = await hostWithPool()
    expect((await run('zpool add tank mirror sdb sdc')).stderr).toContain(
      'mismatched replication level: pool uses disk and new vdev is mirror',
    )
    expect((await run('zpool add -f tank mirror sdb sdc')).exit).toBe(0)
  })

  it('shows a mirror that lost a disk as degraded, as text and as JSON', async () => {
    const { ok, run } = await hostWithDisks()
    await ok('zpool create tank mirror sda sdb')
    expect(await ok('zpool status -x')).toBe('all pools are healthy\n')
    await ok('zpool offline tank sdb')
    expect(await ok('zpool status tank')).toContain(
      '\n\t  mirror-0  DEGRADED     0     0     0\n\t    sda     ONLINE       0     0     0\n',
    )
    const status = JSON.parse(await ok('zpool status -j --json-int'))
    expect(status.output_version).toEqual({ command: 'zpool status', vers_major: 0, vers_minor: 1 })
    expect(status.pools.tank).toMatchObject({
      state: 'DEGRADED',
      error_count: 0,
      vdevs: {
        tank: {
          vdevs: {
            'mirror-0': { state: 'DEGRADED', vdevs: { sdb: { state: 'OFFLINE', path: '/dev/sdb' } } },
          },
        },
      },
    })
    expect((await run('zpool offline tank sda')).stderr).toBe('cannot offline /dev/sda: no valid replicas\n')
    await ok('zpool online tank sdb')
    expect(await ok('zpool list -H -o health')).toBe('ONLINE\n')
  })

  it('remembers its scrub', async () => {
    const { ok } = await hostWithPool()
    expect(await ok('zpool status')).not.toContain('scan:')
    await ok('zpool scrub tank')
    expect(await ok('zpool status')).toMatch(
      /\n {2}scan: scrub repaired 0B in 00:00:00 with 0 errors on \w{3} \w{3} [ \d]\d /,
    )
    expect(JSON.parse(await ok('zpool status -j')).pools.tank.scan_stats).toMatchObject({
      function: 'SCRUB',
      state: 'FINISHED',
    })
  })

  it('comes back from an export with its datasets', async () => {
    const { ok, run } = await hostWithPool()
    await ok('zfs create tank/a')
    await ok('zpool export tank')
    expect(await ok('zpool list')).toBe('no pools available\n')
    expect((await run('zfs list tank/a')).exit).toBe(1)
    expect(await ok('zpool import')).toContain('   pool: tank\n')
    await ok('zpool import tank')
    expect(await ok('zfs list -H -o name')).toBe('tank\ntank/a\n')
  })

  it('sets only what can be set', async () => {
    const { ok, run } = await hostWithPool()
    await ok('zpool set autotrim=on tank')
    expect(await ok('zpool get -H -o value autotrim tank')).toBe('on\n')
    expect((await run('zpool set size=1G tank')).stderr).toBe(
      "cannot set property for 'tank': 'size' is readonly\n",
    )
    expect((await run('zpool set autotrim=maybe tank')).stderr).toContain(
      "'autotrim' must be one of 'on | off'",
    )
  })
})

describe('zfs', () => {
  it('hands properties down, and says from where', async () => {
    const { ok } = await hostWithPool()
    await ok('zfs create -p -o recordsize=1M tank/a/b')
    const get = 'zfs get -Hp -o property,value,source'
    expect(await ok(`${get} compression,recordsize,mountpoint,quota tank/a/b`)).toBe(
      'compression\tlz4\tinherited from tank\nrecordsize\t1048576\tlocal\nmountpoint\t/tank/a/b\tdefault\nquota\t0\tdefault\n',
    )
    await ok('zfs set mountpoint=/srv tank/a')
    expect(await ok(`${get} mountpoint tank/a/b`)).toBe('mountpoint\t/srv/b\tinherited from tank/a\n')
    await ok('zfs inherit mountpoint tank/a')
    expect(await ok(`${get} mountpoint tank/a/b`)).toBe('mountpoint\t/tank/a/b\tdefault\n')
  })

  it('lists as people and as scripts read it', async () => {
    const { ok } = await hostWithPool()
    await ok('zfs create -o quota=100M tank/a')
    expect(await ok('zfs list')).toBe(
      'NAME    USED  AVAIL  REFER  MOUNTPOINT\ntank    192K   987M    96K  /tank\ntank/a   96K  99.9M    96K  /tank/a\n',
    )
    expect(await ok('zfs list -Hp -o name,used,quota,type tank/a')).toBe(
      'tank/a\t98304\t104857600\tfilesystem\n',
    )
    expect(JSON.parse(await ok('zfs list -j -o name,compression tank/a')).datasets['tank/a']).toMatchObject({
      type: 'FILESYSTEM',
      pool: 'tank',
      properties: { compression: { value: 'lz4', source: { type: 'INHERITED', data: 'tank' } } },
    })
  })

  it.each([
    ['zfs list tank/none', 1, "cannot open 'tank/none': dataset does not exist"],
    ['zfs create tank', 1, "cannot create 'tank': dataset already exists"],
    ['zfs create other/a', 1, "cannot create 'other/a': no such pool 'other'"],
    ['zfs create tank/a/b', 1, "cannot create 'tank/a/b': parent does not exist"],
    ['zfs create tank/a%', 1, "cannot create 'tank/a%': invalid character '%' in name"],
    ['zfs create -o used=1 tank/a', 1, "cannot create 'tank/a': 'used' is readonly"],
    ['zfs create -o recordsize=100K tank/a', 1, "'recordsize' must be power of 2 from 512B to 16M"],
    ['zfs create -o volsize=1G tank/a', 1, "'volsize' does not apply to datasets of this type"],
    ['zfs create -V 10G tank/v', 1, "cannot create 'tank/v': out of space"],
    [
      'zfs set casesensitivity=mixed tank',
      1,
      "cannot set property for 'tank': 'casesensitivity' is readonly",
    ],
    ['zfs set quota=1 tank', 1, 'size is less than current used or reserved space'],
    ['zfs set quota=lots tank', 1, "cannot set property for 'tank': bad numeric value 'lots'"],
    ['zfs set compress tank', 2, 'missing property=value argument(s)'],
    ['zfs get wrong tank', 2, "bad property list: invalid property 'wrong'"],
    ['zfs list -o wrong', 2, "bad property list: invalid property 'wrong'"],
    ['zfs list -Z', 2, "invalid option 'Z'"],
    ['zfs frobnicate', 2, "unrecognized command 'frobnicate'"],
    ['zfs destroy tank', 1, "use 'zpool destroy tank' to destroy the pool itself"],
  ])('refuses "%s" with %i', async (line, exit, message) => {
    const { run } = await hostWithPool()
    const answer = await run(line)
    expect(answer).toMatchObject({ exit, stdout: '' })
    expect(answer.stderr).toContain(message)
  })

  it('makes volumes that are devices, and reserves their space unless they are sparse', async () => {
    const { ok, run } = await hostWithPool()
    await ok('zfs create -V 100M tank/thick')
    await ok('zfs create -s -V 8G -b 16k tank/thin')
    expect(await ok('zfs get -Hp -o value volsize,refreservation,volblocksize,used tank/thick')).toBe(
      '104857600\n104857600\n16384\n104857600\n',
    )
    expect(await ok('zfs list -Hp -t volume -o name,used')).toBe('tank/thick\t104857600\ntank/thin\t98304\n')
    expect((await run('zfs set volsize=1000 tank/thin')).stderr).toContain(
      'must be a multiple of volume block size',
    )
  })

  it('takes snapshots, all of them or none, and lists them by age', async () => {
    const { ok, run } = await hostWithPool()
    await ok('zfs create tank/a')
    await ok('zfs snapshot -r tank@two')
    await ok('zfs snapshot tank@one')
    expect(await ok('zfs list -H -t snapshot -o name')).toBe('tank@two\ntank@one\ntank/a@two\n')
    expect(await ok('zfs list -H -t snapshot -o name tank')).toBe('tank@two\ntank@one\n')
    expect(await run('zfs snapshot tank@three tank@one')).toMatchObject({
      exit: 1,
      stderr: "cannot create snapshot 'tank@one': dataset already exists\n",
    })
    expect((await run('zfs list tank@three')).exit).toBe(1)
  })

  it('destroys no snapshot that is held or cloned, and nothing with children by itself', async () => {
    const { ok, run } = await hostWithPool()
    await ok('zfs create tank/a')
    await ok('zfs snapshot tank/a@x')
    await ok('zfs hold keep tank/a@x')
    expect(await ok('zfs get -Hp -o value userrefs tank/a@x')).toBe('1\n')
    expect((await run('zfs hold keep tank/a@x')).stderr).toContain('tag already exists on this dataset')
    expect((await run('zfs destroy tank/a@x')).stderr).toContain("it's being held")
    await ok('zfs release keep tank/a@x')
    await ok('zfs clone tank/a@x tank/b')
    expect((await run('zfs destroy tank/a@x')).stderr).toContain('snapshot has dependent clones')
    expect((await run('zfs destroy tank/a')).stderr).toContain('filesystem has children')
    await ok('zfs destroy tank/b')
    expect(await ok('zfs destroy -nvp tank/a@x')).toBe('destroy\ttank/a@x\nreclaim\t0\n')
    await ok('zfs destroy -r tank/a')
    expect(await ok('zfs list -H -o name -t all')).toBe('tank\n')
  })

  it('does not roll back over newer snapshots unasked', async () => {
    const { ok, run } = await hostWithPool()
    await ok('zfs snapshot tank@a')
    await ok('zfs snapshot tank@b')
    expect((await run('zfs rollback tank@a')).stderr).toContain('more recent snapshots or bookmarks exist')
    await ok('zfs rollback -r tank@a')
    expect(await ok('zfs list -H -t snapshot -o name')).toBe('tank@a\n')
  })

  it("keeps a user's own properties, and hands them down", async () => {
    const { ok } = await hostWithPool()
    await ok('zfs create tank/a')
    await ok('zfs set tsplay:job=weekly tank')
    expect(await ok('zfs get -H -o value,source tsplay:job tank/a')).toBe('weekly\tinherited from tank\n')
    expect(await ok('zfs get -H -o property all tank/a')).toContain('\ntsplay:job\n')
    await ok('zfs inherit tsplay:job tank')
    expect(await ok('zfs get -H -o value,source tsplay:job tank/a')).toBe('-\t-\n')
  })
})

describe('sizes', () => {
  it.each([
    [0, '0B'],
    [98_304, '96K'],
    [1_610_612_736, '1.50G'],
    [104_857_600, '100M'],
    [1_035_000_000, '987M'],
  ])('shows %i bytes as %s', (bytes, text) => expect(niceBytes(bytes)).toBe(text))

  it('reads back every whole number of every unit', () => {
    fc.assert(
      fc.property(fc.nat(1023), fc.constantFrom('', 'K', 'M', 'G', 'T'), (value, unit) => {
        expect(parseSize(`${value}${unit}`)).toBe(value * 1024 ** ' KMGT'.indexOf(unit || ' '))
      }),
    )
  })
})
