import { chmod, mkdir, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { runProcess } from '#app/run-process.ts'
import { writeFiles } from '../support/write-files.ts'

const program = resolve('roles/backups/files/config-backup')

const files = {
  'root/etc/hosts': '127.0.0.1 localhost\n',
  'root/etc/fstab': '/dev/sda1 / ext4\n',
  'root/etc/app/app conf': 'key = 1\n',
  'root/etc/pve/qemu-server/204.conf': 'name: docker-host\n',
}

async function host() {
  const folder = await writeFiles(files)
  await symlink('hosts', join(folder, 'root/etc/link'))
  const at = (path: string) => join(folder, 'root', path)
  const call = (argv: readonly string[], more: Record<string, string> = {}) =>
    runProcess([program, ...argv], {
      cwd: folder,
      env: { ...process.env, CONFIG_BACKUP_ROOT: join(folder, 'root'), ...more },
    })
  const save = async () => {
    const { rc, stdout, stderr } = await call(['save', 'store', '/etc', '/root/none'])
    expect({ rc, stderr }).toEqual({ rc: 0, stderr: '' })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  }
  return { folder, at, call, save }
}

test('brings a damaged configuration back, and keeps what it replaces', async () => {
  const { folder, at, call, save } = await host()
  await chmod(at('etc/app/app conf'), 0o640)
  const { path, files: count, unchanged } = await save()
  expect([count, unchanged]).toEqual([5, false])
  await writeFile(at('etc/app/app conf'), 'broken')
  await rm(at('etc/link'))
  await writeFile(at('etc/fstab'), 'another disk')

  const { rc, stdout } = await call(['restore', path])
  expect(rc).toBe(0)
  expect(await readFile(at('etc/app/app conf'), 'utf8')).toBe('key = 1\n')
  expect((await stat(at('etc/app/app conf'))).mode & 0o777).toBe(0o640)
  expect(await readFile(at('etc/link'), 'utf8')).toBe('127.0.0.1 localhost\n')
  // Never by itself: on other disks it keeps the host from booting.
  expect(await readFile(at('etc/fstab'), 'utf8')).toBe('another disk')
  const { kept } = JSON.parse(stdout)
  const shown = await runProcess(['tar', '--zstd', '-xOf', kept, 'etc/app/app conf'], {
    cwd: folder,
    env: process.env,
  })
  expect(shown.stdout).toBe('broken')
})

test('brings one file back, and /etc/fstab when it is named', async () => {
  const { at, call, save } = await host()
  const { path } = await save()
  await writeFile(at('etc/fstab'), 'another disk')
  await writeFile(at('etc/hosts'), 'mine')
  expect((await call(['restore', path, '/etc/fstab'])).rc).toBe(0)
  expect(await readFile(at('etc/fstab'), 'utf8')).toBe('/dev/sda1 / ext4\n')
  expect(await readFile(at('etc/hosts'), 'utf8')).toBe('mine')
  expect((await call(['restore', path, '/etc/shadow'])).stderr).toContain('/etc/shadow is not in')
})

test('makes nothing new when nothing changed', async () => {
  const { folder, at, save } = await host()
  await writeFile(at('etc/pve/.rrd'), 'of this second')
  const first = await save()
  await writeFile(at('etc/pve/.rrd'), 'of the next')
  const again = await save()
  expect(again).toMatchObject({ path: first.path, unchanged: true, sha256: first.sha256 })
  await writeFile(at('etc/hosts'), 'changed')
  // Names have seconds in them.
  await runProcess(['mv', first.path, 'store/20200101T000000Z.tar.zst'], { cwd: folder, env: process.env })
  expect((await save()).unchanged).toBe(false)
  expect((await readdir(join(folder, 'store'))).filter((name) => name.endsWith('.zst'))).toHaveLength(2)
})

test('files that change while they are saved are saved again', async () => {
  const { folder, at, save, call } = await host()
  const real = (await runProcess(['which', 'tar'], { cwd: folder, env: process.env })).stdout.trim()
  const meddler = `#!/bin/sh\ncase "$*" in *--compare*) date +%N >'${at('etc/hosts')}'; rm "$0" ;; esac\nexec ${real} "$@"\n`
  await mkdir(join(folder, 'bin'))
  await writeFile(join(folder, 'bin/tar'), meddler, { mode: 0o755 })
  const { rc, stdout } = await call(['save', 'store', '/etc'], {
    PATH: `${folder}/bin:${process.env['PATH']}`,
  })
  expect(rc).toBe(0)
  expect((await save()).sha256).toBe(JSON.parse(stdout).sha256)
})

test('a drill unpacks it elsewhere and compares every file', async () => {
  const { call, save } = await host()
  const { path } = await save()
  const { rc, stdout } = await call(['drill', path])
  expect(rc).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ path, files: 5, milliseconds: expect.any(Number) })
})

test('a corrupt archive is told, and never unpacked', async () => {
  const { folder, at, call, save } = await host()
  const { path } = await save()
  const file = await open(join(folder, path), 'r+')
  await file.write(Buffer.from([0xff, 0xff]), 0, 2, 60)
  await file.close()
  await writeFile(at('etc/hosts'), 'mine')
  for (const action of ['verify', 'drill', 'restore']) {
    const { rc, stderr } = await call([action, path])
    expect([rc, stderr]).toEqual([1, expect.stringContaining('is corrupt: its checksum is')])
  }
  await rm(join(folder, `${path}.json`))
  expect((await call(['verify', path])).stderr).toContain('is corrupt')
  expect(await readFile(at('etc/hosts'), 'utf8')).toBe('mine')
})

test('refuses an archive without what has to be in it', async () => {
  const { at, call } = await host()
  const { rc, stderr } = await call(['save', 'store', '/etc/hosts'], { CONFIG_BACKUP_EXPECT: '/etc/shadow' })
  expect([rc, stderr]).toEqual([1, 'config-backup: /etc/shadow is not in the archive.\n'])
  await mkdir(at('empty'))
  expect((await call(['save', 'store', '/nothing'])).stderr).toContain('None of these exists: /nothing')
})

test('a store that is full leaves nothing that looks like an archive', async () => {
  const { folder, at } = await host()
  const noise = Buffer.alloc(300_000, 0).map(() => Math.floor(Math.random() * 256))
  await writeFile(at('etc/large'), noise)
  // The limit of the shell on the size of files stands for the end of a disk: writing fails in the same place.
  const limited = `trap '' XFSZ; ulimit -f 100; exec '${program}' save store /etc`
  const { rc, stderr } = await runProcess(['sh', '-c', limited], {
    cwd: folder,
    env: { ...process.env, CONFIG_BACKUP_ROOT: join(folder, 'root') },
  })
  expect(rc).toBe(1)
  expect(stderr).toContain('The archive cannot be written.')
  expect((await readdir(join(folder, 'store'))).filter((name) => !name.startsWith('.'))).toEqual([])
})
