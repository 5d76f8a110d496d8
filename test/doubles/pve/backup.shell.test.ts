import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { markBackups, parseKeep } from '#doubles/pve/prune.ts'
import { writeVma } from '#doubles/pve/vma.ts'
import { readVmaHead, verifyVma } from '#doubles/pve/vma-reader.ts'
import { type DoubleBench, doubleBench } from '../../support/doubles.ts'

const call = promisify(execFile)
const json = async ({ ok }: DoubleBench, path: string) =>
  JSON.parse(await ok(`pvesh get ${path} --output-format json`))

async function hostWithMachine(): Promise<DoubleBench> {
  const bench = await doubleBench()
  const { root, ok } = bench
  for (const folder of ['etc', 'dev', 'srv/backups']) await mkdir(join(root, folder), { recursive: true })
  await writeFile(join(root, 'etc/hostname'), 'pve\n')
  await writeFile(join(root, 'dev/sda'), '')
  await truncate(join(root, 'dev/sda'), 20 * 1024 ** 3)
  await ok('zpool create tank /dev/sda')
  await ok('pvesm add zfspool tank --pool tank --sparse 1')
  await ok('pvesm add dir backups --path /srv/backups --content backup')
  await ok('qm create 100 --name web --net0 virtio,bridge=vmbr0 --scsi0 tank:1 --tags prod')
  return bench
}

const files = ({ root }: DoubleBench): Promise<string[]> => readdir(join(root, 'srv/backups/dump'))

describe('vzdump', () => {
  it('writes an archive that zstd finds whole, under its final name, with log and notes', async () => {
    const bench = await hostWithMachine()
    const said = await bench.ok([
      'vzdump',
      '100',
      '--storage',
      'backups',
      '--compress',
      'zstd',
      '--notes-template',
      '{{guestname}}',
    ])
    expect(said).toMatch(
      /INFO: Starting Backup of VM 100 \(qemu\)\n[\s\S]*INFO: Backup job finished successfully\n$/,
    )
    const names = (await files(bench)).sort()
    expect(names).toEqual([
      expect.stringMatching(/^vzdump-qemu-100-[\d_]+-[\d_]+\.log$/),
      expect.stringMatching(/\.vma\.zst$/),
      expect.stringMatching(/\.vma\.zst\.notes$/),
    ])
    await call('zstd', ['-q', '-t', join(bench.root, 'srv/backups/dump', names[1] ?? '')])
    expect(await json(bench, '/nodes/pve/storage/backups/content --content backup')).toMatchObject([
      {
        content: 'backup',
        format: 'vma.zst',
        notes: 'web',
        protected: 0,
        subtype: 'qemu',
        vmid: 100,
        volid: `backups:backup/${names[1]}`,
      },
    ])
  })

  it('backs up the others when one fails, and ends with 255', async () => {
    const bench = await hostWithMachine()
    const answer = await bench.run('vzdump 100 101 --storage backups')
    expect(answer).toMatchObject({ exit: 255, stderr: 'job errors\n' })
    expect(answer.stdout).toContain(
      "ERROR: Backup of VM 101 failed - Configuration file 'nodes/pve/qemu-server/101.conf' does not exist",
    )
    expect(answer.stdout).toContain('INFO: Backup job finished with errors\n')
  })

  it('refuses a place where a disk should be mounted and is not', async () => {
    const bench = await hostWithMachine()
    await bench.ok('pvesm set backups --is_mountpoint 1')
    expect((await bench.run('vzdump 100 --storage backups')).stdout).toContain(
      'is expected to be a mount point but is not mounted',
    )
    expect((await bench.run('vzdump 100 --storage tank')).stderr).toContain(
      "storage 'tank' does not support backups",
    )
    expect((await bench.run('vzdump 100 --storage backups --mode fast')).stderr).toContain(
      "mode: value 'fast' does not have a value in the enumeration",
    )
  })
})

describe('qmrestore', () => {
  it('makes the machine again, with an address of its own when asked', async () => {
    const bench = await hostWithMachine()
    await bench.ok('vzdump 100 --storage backups')
    const before = await json(bench, '/nodes/pve/qemu/100/config')
    const [{ volid }] = await json(bench, '/nodes/pve/storage/backups/content --content backup')
    expect((await bench.run(`qmrestore ${volid} 100`)).stderr).toContain(
      "VM 100 already exists on node 'pve'",
    )
    await bench.ok(`qmrestore ${volid} 9900 --unique 1`)
    const drill = await json(bench, '/nodes/pve/qemu/9900/config')
    expect(drill).toMatchObject({ name: 'web', tags: 'prod', scsi0: 'tank:vm-9900-disk-0,size=1G' })
    expect(drill.net0).not.toBe(before.net0)
    await bench.ok('qm destroy 100')
    await bench.ok(`qmrestore ${volid} 100`)
    expect((await json(bench, '/nodes/pve/qemu/100/config')).net0).toBe(before.net0)
  })

  it('makes nothing of an archive that is damaged or not there', async () => {
    const bench = await hostWithMachine()
    await bench.ok('vzdump 100 --storage backups')
    const name = (await files(bench)).find((one) => one.endsWith('.zst')) ?? ''
    const file = join(bench.root, 'srv/backups/dump', name)
    const bytes = await readFile(file)
    await writeFile(file, bytes.subarray(0, bytes.length / 2))
    expect(await bench.run(`qmrestore backups:backup/${name} 101`)).toMatchObject({ exit: 255 })
    expect((await bench.run('qmrestore backups:backup/none 101')).stderr).toContain('unable to find file')
    expect((await bench.run('qm status 101')).exit).toBe(2)
  })
})

describe('a Proxmox Backup Server', () => {
  const contents = '/nodes/pve/storage/pbs/content --content backup'
  async function hostWithServer() {
    const bench = await hostWithMachine()
    await bench.ok('pvesm add pbs pbs --server 10.10.0.9 --datastore store1 --username backup@pbs')
    return bench
  }

  it('takes backups as volumes, and gives them back', async () => {
    const bench = await hostWithServer()
    expect((await bench.run('pvesm add pbs other --server x')).stderr).toContain(
      'datastore: property is missing',
    )
    await bench.ok(['vzdump', '100', '--storage', 'pbs', '--notes-template', '{{guestname}}'])
    const [backup] = await json(bench, contents)
    expect(backup).toEqual({
      ...{ content: 'backup', format: 'pbs-vm', notes: 'web', protected: 0, subtype: 'qemu', vmid: 100 },
      ...{ ctime: expect.any(Number), size: expect.any(Number) },
      volid: `pbs:backup/vm/100/${new Date(backup.ctime * 1000).toISOString().slice(0, 19)}Z`,
    })
    await bench.ok('qm destroy 100')
    await bench.ok(`qmrestore ${backup.volid} 100`)
    expect(await json(bench, '/nodes/pve/qemu/100/config')).toMatchObject({ name: 'web' })
    const prune = '/nodes/pve/storage/pbs/prunebackups --prune-backups keep-last=1'
    expect(await json(bench, prune)).toMatchObject([{ volid: backup.volid, mark: 'keep' }])
    await bench.ok(`pvesm free ${backup.volid}`)
    expect(await json(bench, contents)).toEqual([])
    expect((await bench.run(`qmrestore ${backup.volid} 101`)).stderr).toContain('does not exist')
  })

  it('keeps with each backup what its verification found', async () => {
    const bench = await hostWithServer()
    await bench.ok('vzdump 100 --storage pbs')
    await bench.ok('proxmox-backup-manager verify store1')
    const [{ volid, verification }] = await json(bench, contents)
    expect(verification).toEqual({ state: 'ok', upid: expect.stringMatching(/^UPID:pbs:/) })
    const name = volid.split(':backup/')[1]
    const file = join(bench.root, 'var/lib/tsplay-lab/pbs/10.10.0.9/store1', `${name}.vma.zst`)
    await writeFile(file, (await readFile(file)).subarray(0, 100))
    expect(await bench.run('proxmox-backup-manager verify store1')).toMatchObject({
      exit: 255,
      stderr: expect.stringContaining('verification failed'),
    })
    expect((await json(bench, contents))[0].verification.state).toBe('failed')
    expect((await bench.run('proxmox-backup-manager verify none')).stderr).toContain(
      "no such datastore 'none'",
    )
  })
})

describe('backup jobs', () => {
  it('are kept, and tell which machine nobody backs up', async () => {
    const bench = await hostWithMachine()
    await bench.ok('qm create 101 --name lost')
    await bench.ok([
      'pvesh',
      'create',
      '/cluster/backup',
      '--id',
      'weekly',
      '--schedule',
      'sun 03:30',
      '--vmid',
      '100',
      '--storage',
      'backups',
    ])
    expect(await json(bench, '/cluster/backup')).toEqual([
      { enabled: 1, id: 'weekly', schedule: 'sun 03:30', storage: 'backups', type: 'vzdump', vmid: '100' },
    ])
    expect(await json(bench, '/cluster/backup-info/not-backed-up')).toEqual([
      { name: 'lost', type: 'qemu', vmid: 101 },
    ])
    await bench.ok('pvesh set /cluster/backup/weekly --enabled 0')
    await bench.ok('pvesh delete /cluster/backup/weekly')
    expect((await bench.run('pvesh get /cluster/backup/weekly')).stderr).toBe("No such job 'weekly'\n")
  })
})

describe('retention', () => {
  /** Noon of these days of November 2026, the newest first. */
  const on = (...days: readonly number[]) =>
    days.map((day) => ({
      volid: String(day),
      at: new Date(2026, 10, day, 12).getTime() / 1000,
      isProtected: false,
    }))
  const kept = (days: readonly number[], keep: string) => {
    const marks = markBackups(on(...days), parseKeep(keep) ?? new Map())
    return days.filter((day) => marks.get(String(day)) === 'keep')
  }

  it.each<[readonly number[], string, readonly number[]]>([
    [[29, 28, 27], 'keep-all=1', [29, 28, 27]],
    [[29, 28, 27], 'keep-last=0', [29, 28, 27]],
    [[29, 28, 27], 'keep-last=2', [29, 28]],
    // Not the same as restic, which keeps one: what "daily" covers costs "weekly" nothing.
    [[29, 22, 15], 'keep-daily=1,keep-weekly=1', [29, 22]],
    [[29, 28, 22, 21, 15], 'keep-weekly=2', [29, 22]],
    [[29, 22, 15, 8, 1], 'keep-last=1,keep-weekly=2', [29, 22, 15]],
  ])('of %j with %s keeps %j', (days, keep, expected) => {
    expect(kept(days, keep)).toEqual(expected)
  })

  it('neither removes nor counts what is protected', () => {
    const backups = on(29, 28, 27).map((one) => ({ ...one, isProtected: one.volid === '29' }))
    expect([...markBackups(backups, new Map([['last', 1]])).values()].sort()).toEqual([
      'keep',
      'protected',
      'remove',
    ])
  })

  it('spares what was protected later, until that is taken away', async () => {
    const bench = await hostWithMachine()
    await bench.ok('vzdump 100 --storage backups')
    const contents = '/nodes/pve/storage/backups/content'
    const [{ volid }] = await json(bench, contents)
    await bench.ok(`pvesh set ${contents}/${volid} --protected 1`)
    expect(await json(bench, contents)).toMatchObject([{ protected: 1 }])
    await expect(bench.ok(`pvesm free ${volid}`)).rejects.toThrow('protected')
    await bench.ok(`pvesh set ${contents}/${volid} --protected 0`)
    // A storage is what /etc/pve/storage.cfg says: one that is removed comes back with that file.
    const file = join(bench.root, 'etc/pve/storage.cfg')
    const kept = await readFile(file, 'utf8')
    await bench.ok('pvesm remove backups')
    await expect(json(bench, contents)).rejects.toThrow('does not exist')
    await writeFile(file, kept)
    await bench.ok(`pvesm free ${volid}`)
  })

  it('is applied after a backup', async () => {
    const bench = await hostWithMachine()
    await bench.ok('pvesm set backups --prune-backups keep-last=1')
    await bench.ok('vzdump 100 --storage backups --protected 1')
    const [first] = await json(bench, '/nodes/pve/storage/backups/content --content backup')
    expect(await json(bench, '/nodes/pve/storage/backups/prunebackups')).toEqual([
      { ctime: first.ctime, mark: 'protected', type: 'qemu', vmid: 100, volid: first.volid },
    ])
  })
})

describe('an archive', () => {
  const content = {
    config: 'name: a\nscsi0: tank:vm-100-disk-0\n',
    // Two extents' worth.
    devices: [{ name: 'drive-scsi0', bytes: 60 * 65_536 }],
  }
  const raw = () => zstdDecompressSync(writeVma(content, 1_764_000_000))

  it('gives back what was put in', () => {
    expect(verifyVma(raw())).toMatchObject(content)
    expect(readVmaHead(raw())).toMatchObject({ ...content, createdAt: 1_764_000_000 })
  })

  /** Puts a byte into an extent, and its sum right again. */
  const withExtentByte = (at: number, value: number) => {
    const bytes = raw()
    const extent = bytes.subarray(readVmaHead(bytes).end).subarray(0, 512)
    extent[at] = value
    extent.fill(0, 24, 40)
    createHash('md5').update(extent).digest().copy(extent, 24)
    return bytes
  }

  it.each([
    ['is empty', () => Buffer.alloc(0), "can't read vma header - got EOF"],
    ['is none', () => Buffer.alloc(20_000), 'not a vma file - wrong magic number'],
    ['had its header changed', () => raw().fill(7, 30, 31), 'wrong vma header chechsum'],
    [
      'had an extent changed',
      () => raw().fill(7, raw().length - 600, raw().length - 599),
      'wrong vma extent header chechsum',
    ],
    ['ends within an extent', () => raw().subarray(0, -100), 'read short extent (412 bytes)'],
    ['lost an extent', () => raw().subarray(0, -512), 'detected missing cluster 59 for stream drive-scsi0'],
    [
      'has a cluster twice',
      () => withExtentByte(47 + 8, 0),
      'found duplicated cluster 0 for stream drive-scsi0',
    ],
    ['names a device that it has not', () => withExtentByte(43, 9), 'got wrong dev id 9'],
    ['promises data that is not there', () => withExtentByte(41, 1), 'vma extent error - missing blocks'],
  ])('that %s is told from a whole one', (_, bytes, message) => {
    expect(() => verifyVma(bytes())).toThrow(message)
  })
})

describe('vma', () => {
  it('verifies, lists and shows the configuration of what it is given on standard input', async () => {
    const { run } = await doubleBench()
    const devices = [{ name: 'drive-scsi0', bytes: 100_000 }]
    const archive = zstdDecompressSync(writeVma({ config: 'name: a\n', devices }, 1_764_000_000))
    expect(await run('vma verify -', archive)).toEqual({ exit: 0, stdout: '', stderr: '' })
    const listed =
      'CFG: size: 8 name: qemu-server.conf\nDEV: dev_id=1 size: 100000 devname: drive-scsi0\nCTIME: Mon Nov 24 16:00:00 2025\n'
    expect((await run('vma list -', archive)).stdout).toBe(listed)
    expect((await run('vma verify -v -', archive)).stdout).toBe(listed)
    expect((await run('vma config -', archive)).stdout).toBe('name: a\n')
    expect(await run('vma config - -c other.conf', archive)).toMatchObject({
      exit: 255,
      stderr: "unable to find configuration data 'other.conf'\n",
    })
  })

  it('dies of what is wrong, as GLib has it', async () => {
    const { run } = await doubleBench()
    const archive = zstdDecompressSync(
      writeVma({ config: '', devices: [{ name: 'drive-scsi0', bytes: 9 }] }, 0),
    )
    const fatal = (message: string) => ({
      exit: 133,
      stderr: expect.stringMatching(
        new RegExp(`^\\n\\*\\* \\(process:\\d+\\): ERROR \\*\\*: [\\d:.]+: ${message}`),
      ),
    })
    expect(await run('vma verify -', archive.subarray(0, -512))).toMatchObject(
      fatal('verify failed - detected missing cluster 0'),
    )
    expect(await run('vma verify -', archive.subarray(0, 100))).toMatchObject(fatal("can't read vma header"))
    expect(await run('vma list /none')).toMatchObject(fatal("can't open file /none - No such file"))
    expect(await run('vma mend -')).toMatchObject({ exit: 1, stdout: expect.stringContaining('usage: vma') })
  })
})
