import { symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, type TestContext, test, vi } from 'vitest'
import { runProcess } from '#app/run-process.ts'
import { tsplay } from '../support/tsplay.ts'
import { openZfsFuse, type ZfsFuse } from '../support/zfs-fuse.ts'

// What is done to datasets, against a real ZFS wherever one can be had without installing it.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let opened: ZfsFuse | string = 'It was not opened.'
beforeAll(async () => {
  opened = await openZfsFuse()
  if (typeof opened === 'string') return
  for (const name of ['roles', 'playbooks']) await symlink(resolve(name), join(opened.folder, name))
  const inventory = 'all: { vars: { connection: local }, children: { proxmox: { hosts: { pve: } } } }\n'
  await writeFile(join(opened.folder, 'hosts.yml'), inventory)
})
afterAll(async () => {
  if (typeof opened !== 'string') await opened.close()
})

/** Skips the test, and says why, where there is no ZFS. */
function pool(context: TestContext) {
  if (typeof opened === 'string') return context.skip(opened)
  const { folder, programs, mountPoint, inside } = opened
  const file = join(mountPoint, 'data/file')
  const run = (args: readonly string[], more: object = {}) => {
    const settings = {
      ...{ backups_become: false, restore_become: false, backups_packages: [] },
      ...{ backups_program_folder: join(folder, 'programs'), backups_snapshots: ['tank/data'], ...more },
    }
    return tsplay([...args, '-i', 'hosts.yml', '-e', JSON.stringify(settings)], {
      cwd: folder,
      env: { PATH: `${programs}:${process.env['PATH']}`, TSPLAY_STATE_DIR: join(folder, 'state') },
    })
  }
  const env = { ...process.env, PATH: `${programs}:${process.env['PATH']}` }
  return {
    run,
    /** The program that takes snapshots and goes back to them. */
    program: (words: readonly string[], more: Readonly<Record<string, string>> = {}) =>
      runProcess([resolve('roles/backups/files/snapshot-backup'), ...words], {
        cwd: folder,
        env: { ...env, ...more },
      }),
    /** A play of tasks on this machine. */
    async tasks(...tasks: readonly object[]) {
      await writeFile(join(folder, 'own.yml'), JSON.stringify([{ hosts: 'pve', gather_facts: false, tasks }]))
      return run(['run', 'own.yml'])
    },
    zfs: (...words: string[]) => inside(join(programs, 'zfs'), ...words),
    write: (text: string) => inside('sh', '-c', `echo ${text} >${file}`),
    read: async () => (await inside('cat', file)).trim(),
    async snapshots() {
      const listed = await inside(join(programs, 'zfs'), 'list', '-H', '-t', 'snapshot', '-o', 'name')
      return listed.split('\n').filter((line) => line.startsWith('tank/'))
    },
  }
}

test('a dataset is made with its properties, and a second run finds nothing to do', async (context) => {
  const { tasks, zfs } = pool(context)
  const dataset = { zfs: { name: 'tank/data', properties: { atime: false, recordsize: '16K' } } }
  const first = await tasks(dataset)
  expect([first.code, first.stderr]).toEqual([0, ''])
  expect(first.stdout).toContain('changed: [pve] (1 change)')
  expect(await zfs('get', '-Hp', '-o', 'value', 'recordsize', 'tank/data')).toBe('16384\n')
  expect((await tasks(dataset)).stdout).toContain('ok: [pve]')
})

test('snapshots are taken, listed, recorded and pruned by their rule; those that people took stay', async (context) => {
  const { run, zfs, write, snapshots } = pool(context)
  await zfs('snapshot', 'tank/data@own')
  for (const text of ['one', 'two']) {
    await write(text)
    const { code, stderr } = await run(['run', 'playbooks/snapshots.yml'], {
      backups_keep_snapshots: 'last=1',
    })
    expect([code, stderr]).toEqual([0, ''])
  }
  expect(await snapshots()).toEqual([
    'tank/data@own',
    expect.stringMatching(/^tank\/data@tsplay_\d{8}T\d{6}Z$/),
  ])
})

test('a dataset goes back to its newest snapshot, and over newer ones only when that is said', async (context) => {
  const { run, program, zfs, write, read, snapshots } = pool(context)
  await write('spoilt')
  const done = await run(['restore', 'run', 'latest', '--kind', 'zfs-snapshot', '--yes'])
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('was restored in')])
  expect(await read()).toBe('two')

  const [newest = ''] = (await snapshots()).filter((name) => name.includes('tsplay'))
  await zfs('snapshot', 'tank/data@newer')
  await write('spoilt')
  expect(await program(['restore', newest])).toMatchObject({
    rc: 1,
    stderr: expect.stringContaining('With restore_lose_newer newer snapshots are given up'),
  })
  expect(await read()).toBe('spoilt')
  expect((await program(['restore', newest], { SNAPSHOT_LOSE_NEWER: '1' })).rc).toBe(0)
  expect(await read()).toBe('two')
})

test('nothing is destroyed unasked, nor with what is below it, nor a snapshot of somebody else', async (context) => {
  const { tasks, program, zfs, snapshots } = pool(context)
  const gone = (more: object = {}) => ({ zfs: { name: 'tank/data', state: 'absent', ...more } })
  const refused = await tasks(
    { ...gone(), ignore_errors: true },
    { ...gone({ allow_destroy: true }), ignore_errors: true },
  )
  expect(refused.stdout).toMatch(
    /Destroying it loses what is in it[\s\S]*is not destroyed while there is something below it: tank\/data@own/,
  )
  expect((await program(['remove', 'tank/data@own'])).stderr).toContain('was not taken by tsplay, and stays')
  expect(await snapshots()).toContain('tank/data@own')

  for (const name of await snapshots()) await zfs('destroy', name)
  // Through FUSE a dataset may be busy for a moment after its snapshots have gone.
  await vi.waitFor(
    async () => {
      const { code, stdout } = await tasks(gone({ allow_destroy: true }))
      expect([code, stdout]).toEqual([0, expect.any(String)])
    },
    { timeout: 60_000, interval: 1000 },
  )
  expect(await zfs('list', '-H', '-o', 'name')).toBe('tank\n')
})
