import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { beforeEach, expect, test, vi } from 'vitest'
import { writeVma } from '#doubles/pve/vma.ts'
import { withProxmoxHost } from '../support/proxmox-host.ts'

// Each call of a double is a process of its own.
vi.setConfig({ testTimeout: 300_000 })

const program = resolve('roles/backups/files/vm-backup')
const host = withProxmoxHost()
const dump = () => join(host().folder, 'backups/dump')
const archives = async () => (await readdir(dump())).filter((name) => /^vzdump.*\.vma\.zst$/.test(name))
/** The last line of what it said. */
const said = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
const save = async () => said(await host().ok([program, 'save', '103', 'backups'])).made
const refusal = async (...args: string[]) => {
  const { rc, stderr } = await host().call([program, ...args])
  expect(rc).toBe(1)
  return stderr.trim().split('\n').at(-1)
}

// Proxmox itself has to forget them: their names have seconds in them, and two tests may fall into one.
beforeEach(async () => {
  for (const name of existsSync(dump()) ? await archives() : [])
    await host().ok(`pvesm free backups:backup/${name}`)
  await rm(dump(), { recursive: true, force: true })
})

test('an archive is made, read back, described, and reported until somebody says that it was heard', async () => {
  const [made] = await save()
  expect(made).toMatchObject({
    path: join(dump(), (await archives())[0] ?? ''),
    level: 'content',
    name: 'k8s-cp01',
    // The pool lies in a file beside the backups.
    shared_disks: [expect.any(String)],
    left_out: [],
  })
  // It is young and nobody was told of it: it is told again, and no second one is made.
  expect(await save()).toEqual([made])
  expect(await archives()).toHaveLength(1)
  await host().ok([program, 'recorded', made.path])
  expect(existsSync(`${made.path}.unrecorded`)).toBe(false)
  expect(said(await host().ok([program, 'verify', made.path]))).toEqual({
    path: made.path,
    level: 'content',
    sha256: made.sha256,
  })
})

test('a caller that is killed in mid-backup does not end it, and the next one waits for it and reports it', async () => {
  await host().fault({ program: 'pvesh', words: ['create'], delayMs: 1500, times: 1 })
  // It cannot tidy up after itself.
  const env = { ...host().env, TMPDIR: host().folder }
  const first = spawn(program, ['save', '103', 'backups'], { env, stdio: 'ignore' })
  // It has asked for the backup when the fault has been taken.
  await vi.waitFor(async () => expect(await host().ok('tsplay-doubles faults')).toBe(''), {
    timeout: 60_000,
    interval: 50,
  })
  first.kill('SIGKILL')
  await once(first, 'exit')
  expect(await save()).toHaveLength(1)
  expect(await archives()).toHaveLength(1)
})

test('a task that failed is an error with its reason, though pvesh ends with 0', async () => {
  await host().ok('qm set 103 --lock snapshot')
  expect(await refusal('save', '103', 'backups')).toMatch(
    /The backup of VM 103 failed: ERROR: Backup of VM 103 failed - VM is locked \(snapshot\) \(task UPID:/,
  )
  await host().ok('qm unlock 103')
  await host().fault({
    program: 'pvesh',
    words: ['create'],
    exit: 0,
    stderr: "storage 'backups' is not online\n",
    times: 1,
  })
  expect(await refusal('save', '103', 'backups')).toContain(
    "vzdump was not started: storage 'backups' is not online",
  )
  expect(await refusal('save', '999', 'backups')).toContain('There is no VM 999')
  expect(await refusal('save', '103', 'tank')).toContain('name one of files')
})

test('a store that has no room for one more is an error before the backup starts', async () => {
  const [made] = await save()
  await host().ok([program, 'recorded', made.path])
  const answer = JSON.parse(
    await host().ok(['pvesh', 'get', `/nodes/x/storage/backups/status`, '--output-format', 'json']),
  )
  const stdout = `${JSON.stringify({ ...answer, avail: 100 })}\n`
  const node = (await host().ok('uname -n')).split('.')[0]?.trim()
  await host().fault({
    program: 'pvesh',
    words: ['get', `/nodes/${node}/storage/backups/status`],
    stdout,
    times: 1,
  })
  expect(await refusal('save', '103', 'backups')).toMatch(
    /backups is full: 100 bytes are left, and .* needed/,
  )
  expect(await archives()).toHaveLength(1)
})

test('an archive with a flipped bit, one that is cut off and one that is empty are told apart from a whole one', async () => {
  const [{ path }] = await save()
  const spoilt = join(dump(), 'spoilt.vma.zst')
  await copyFile(path, spoilt)
  await copyFile(`${path}.json`, `${spoilt}.json`)
  const file = await open(spoilt, 'r+')
  await file.write(Buffer.from([0xff]), 0, 1, 400)
  await file.close()
  expect(await refusal('verify', spoilt)).toMatch(/spoilt.vma.zst is corrupt: its checksum is/)
  await rm(`${spoilt}.json`)
  expect(await refusal('verify', spoilt)).toMatch(/spoilt.vma.zst is corrupt/)
  await writeFile(spoilt, '')
  expect(await refusal('verify', spoilt)).toContain('missing or empty')
})

/** A whole file of zstd; what is wrong is in it. */
const packed = async (name: string, content: Buffer) => {
  const file = join(dump(), name)
  await writeFile(file, zstdCompressSync(content))
  return file
}

test('an archive that is bit for bit what was written and lacks a cluster or a disk is told from a whole one', async () => {
  const [{ path }] = await save()
  const whole = zstdDecompressSync(await readFile(path))
  const cut = await packed('cut.vma.zst', whole.subarray(0, whole.length - 512))
  expect(await refusal('verify', cut)).toMatch(
    /cut\.vma\.zst is no whole archive: .*verify failed - detected missing cluster \d+ for stream drive-scsi0/,
  )
  // Its second disk was left out without a word.
  const config = 'name: web\nscsi0: tank:vm-103-disk-0,size=1M\nscsi1: tank:vm-103-disk-1,size=1M\n'
  const partial = join(dump(), 'partial.vma.zst')
  await writeFile(partial, writeVma({ config, devices: [{ name: 'drive-scsi0', bytes: 2 ** 20 }] }, 0))
  expect(await refusal('verify', partial)).toContain(
    'lacks the disk scsi1, which its own configuration lists',
  )
  const meant = config.replace(/(scsi1.*)/, '$1,backup=0').concat('ide2: none,media=cdrom\n')
  await writeFile(partial, writeVma({ config: meant, devices: [{ name: 'drive-scsi0', bytes: 2 ** 20 }] }, 0))
  expect(said(await host().ok([program, 'verify', partial])).level).toBe('content')
})

test('without `vma` an archive is read to its end, and counts as proved so far', async () => {
  const [{ path }] = await save()
  const bin = join(host().folder, 'without-vma')
  await mkdir(bin)
  for (const name of ['pvesh', 'qm']) await copyFile(join(host().programs, name), join(bin, name))
  const env = { PATH: `${bin}:${process.env['PATH']}` }
  expect(said(await host().ok([program, 'verify', path], env)).level).toBe('integrity')
})

test('the archive of a container is read through, and has its configuration in it', async () => {
  await mkdir(dump(), { recursive: true })
  const folder = join(host().folder, 'container/etc/vzdump')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'pct.conf'), 'hostname: web\n')
  const archive = join(dump(), 'vzdump-lxc-104-2026_11_29-02_00_00.tar.zst')
  const pack = (...names: string[]) =>
    host().ok(['tar', '-C', join(host().folder, 'container'), '--zstd', '-cf', archive, ...names])
  await pack('./etc')
  expect(said(await host().ok([program, 'verify', archive])).level).toBe('content')
  const bytes = zstdDecompressSync(await readFile(archive))
  const cut = await packed('vzdump-lxc-104-2026_11_29-02_00_01.tar.zst', bytes.subarray(0, 2000))
  expect(await refusal('verify', cut)).toMatch(/is no whole archive: tar: /)
  await rm(join(folder, 'pct.conf'))
  await pack('./etc')
  expect(await refusal('verify', archive)).toContain('holds no configuration')
})

test('a machine comes back after it was removed; one that is there is replaced only by its name', async () => {
  const [{ path }] = await save()
  expect(await refusal('restore', path, '103')).toContain('VM 103 exists: it is "k8s-cp01".')
  const other = await host().call([program, 'restore', path, '103'], { VM_RESTORE_OVERWRITE: 'k8s-cp02' })
  expect(other.rc).toBe(1)
  await host().ok('qm start 103')
  await host().ok([program, 'restore', path, '103'], { VM_RESTORE_OVERWRITE: 'k8s-cp01' })
  await host().ok('qm destroy 103')
  // Read a moment ago by whoever asks for it, the archive is not read again.
  const reads = async () => (await host().ok('tsplay-doubles calls')).match(/"vma","verify"/g)?.length
  const before = await reads()
  const back = await host().ok([program, 'restore', path, '103', 'tank'], { VM_BACKUP_READ: '1' })
  expect([said(back), await reads()]).toMatchObject([{ name: 'k8s-cp01' }, before])
  expect(await host().ok('qm config 103')).toContain('scsi0: tank:vm-103-disk-0')
})

test('a drill restores it without network, waits for an answer, and leaves nothing', async () => {
  const [{ path }] = await save()
  const drilled = said(await host().ok([program, 'drill', path, '9900']))
  expect(drilled).toEqual({ path, answered: 'agent', milliseconds: expect.any(Number) })
  expect((await host().call('qm status 9900')).rc).not.toBe(0)

  // What has to hold inside is asked of the agent, and its time counts.
  const exec = { program: 'qm', words: ['guest', 'exec'], times: 1 }
  const well = '{\n   "exitcode" : 0,\n   "exited" : 1,\n   "out-data" : "running\\n"\n}\n'
  await host().fault({ ...exec, stdout: well, delayMs: 1200 })
  const inside = { VM_DRILL_CHECK: 'systemctl is-system-running' }
  const checked = said(await host().ok([program, 'drill', path, '9900'], inside))
  expect(checked).toMatchObject({ path, answered: 'agent' })
  expect(checked.milliseconds).toBeGreaterThan(1200)
  expect((await host().call('qm status 9900')).rc).not.toBe(0)

  // One that gives no answer is shown as it was, and removed all the same.
  const silent = {
    program: 'qm',
    words: ['guest', 'cmd'],
    exit: 255,
    stderr: 'QEMU guest agent is not running\n',
  }
  await host().fault({ ...silent, times: 2 })
  const late = await host().call([program, 'drill', path, '9900'], { VM_DRILL_WAIT: '1' })
  expect(late.stderr).toContain('gives no answer: QEMU guest agent is not running')
  expect((await host().call('qm status 9900')).rc).not.toBe(0)

  await host().fault({ ...exec, stdout: '{"exitcode" : 3,"exited" : 1}\n' })
  const unwell = await host().call([program, 'drill', path, '9900'], inside)
  expect(unwell.stderr).toContain('the check failed: {"exitcode" : 3')
  expect(await refusal('drill', path, '103')).toContain('VM 103 exists and is not of a drill')
  const calls = await host().ok('tsplay-doubles calls')
  expect(calls).toContain('"guest","exec","9900","--","sh","-c","systemctl is-system-running"]')
  expect(calls).toMatch(/"set","9900","--tags","tsplay-drill","--onboot","0".*link_down=1/)
})
