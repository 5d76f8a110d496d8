import { cp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { tsplay } from '../support/tsplay.ts'
import { writeFiles } from '../support/write-files.ts'

/** Two hosts that are this machine, so that a second place is one, and a project that uses the role. */
async function platform() {
  const cwd = await writeFiles({
    'machine/etc/app.conf': 'port = 80\n',
    'machine/etc/hosts': '127.0.0.1 localhost\n',
    'hosts.yml': 'all: { hosts: { here: { connection: local }, there: { connection: local } } }\n',
  })
  await symlink(resolve('roles'), join(cwd, 'roles'))
  await symlink(resolve('playbooks'), join(cwd, 'playbooks'))
  await writeFile(
    join(cwd, 'backup.yml'),
    `- hosts: here
  gather_facts: false
  environment: { CONFIG_BACKUP_ROOT: ${cwd}/machine }
  vars:
    backups_packages: []
    backups_folder: ${cwd}/store
    backups_program_folder: ${cwd}/programs
    backups_copy_host: there
    backups_copy_folder: ${cwd}/second
    backups_configs: [{ name: etc, paths: [/etc], expect: [/etc/hosts] }]
    backups_keep_config: last=2
  roles: [backups]
`,
  )
  const env = { TSPLAY_STATE_DIR: join(cwd, 'state'), CONFIG_BACKUP_ROOT: join(cwd, 'machine') }
  const call = (...args: string[]) => tsplay([...args, '-i', 'hosts.yml'], { cwd, env })
  const archives = async (folder: string) =>
    (await readdir(join(cwd, folder))).filter((name) => name.endsWith('.tar.zst')).sort()
  return { cwd, call, archives }
}

const restoring = (cwd: string) =>
  JSON.stringify({
    restore_become: false,
    backups_packages: [],
    backups_program_folder: `${cwd}/programs`,
    backups_restore_folder: `${cwd}/brought`,
  })

test('a configuration is backed up to two places, damaged, drilled, and restored', async () => {
  const { cwd, call, archives } = await platform()
  const saved = await call('run', 'backup.yml')
  expect([saved.code, saved.stderr], saved.stdout).toEqual([0, ''])
  expect(await archives('second/here/config-etc')).toEqual(await archives('store/etc'))
  expect(await readdir(join(cwd, 'state/on-their-way'))).toEqual([])

  const drill = { drill_hosts: 'here', drill_become: false, drill_programs: `${cwd}/programs` }
  const where = { ...drill, drill_folder: `${cwd}/store/etc` }
  expect((await call('run', 'playbooks/drill.yml', '-e', JSON.stringify(where))).code).toBe(0)
  const [point] = await readdir(join(cwd, 'state/restore-points'))
  expect(JSON.parse(await readFile(join(cwd, `state/restore-points/${point}`), 'utf8'))).toMatchObject({
    level: 'drill',
    recoverySeconds: expect.any(Number),
    copies: [{ host: 'here' }, { host: 'there' }],
  })

  const reread = () =>
    call('run', 'playbooks/verify-backups.yml', '-e', 'backups_become=false', '-e', 'verify_poll=1')
  expect((await reread()).code).toBe(0)
  // The first copy has rotted away: the second is brought over.
  const [archive = ''] = await archives('store/etc')
  await writeFile(join(cwd, 'store/etc', archive), 'rotten')
  const rotten = await reread()
  expect([rotten.code, rotten.stdout]).toEqual([
    2,
    expect.stringMatching(/config-here-etc-\S+ on here is not what was saved/),
  ])
  await writeFile(join(cwd, 'machine/etc/app.conf'), 'broken')
  await rm(join(cwd, 'machine/etc/hosts'))
  const restored = await call('restore', 'run', 'latest', '--yes', '-e', restoring(cwd))
  expect([restored.code, restored.stderr]).toEqual([0, expect.stringContaining('was restored in')])
  expect(await readFile(join(cwd, 'machine/etc/app.conf'), 'utf8')).toBe('port = 80\n')
  expect(await readFile(join(cwd, 'machine/etc/hosts'), 'utf8')).toBe('127.0.0.1 localhost\n')

  await rm(join(cwd, 'second'), { recursive: true })
  const lost = await call('restore', 'run', 'latest', '--yes', '-e', restoring(cwd))
  expect([lost.code, lost.stdout]).toEqual([
    2,
    expect.stringMatching(/No copy of \S+ can be restored. config-backup: /),
  ])
})

test('of several copies elsewhere those that rotted are passed over, and the first that is whole is the last to be brought', async () => {
  const { cwd, call, archives } = await platform()
  await writeFile(
    join(cwd, 'hosts.yml'),
    'all: { vars: { connection: local }, hosts: { here: , there: , third: , fourth: } }\n',
  )
  expect((await call('run', 'backup.yml')).code).toBe(0)
  const [archive = ''] = await archives('store/etc')
  const whole = join(cwd, 'second/here/config-etc', archive)
  for (const name of ['third', 'fourth']) await cp(whole, join(cwd, name, archive), { force: true })
  await writeFile(whole, 'rotten')
  await rm(join(cwd, 'store'), { recursive: true })
  const [file = ''] = await readdir(join(cwd, 'state/restore-points'))
  const point = JSON.parse(await readFile(join(cwd, 'state/restore-points', file), 'utf8'))
  const copies = ['third', 'fourth'].map((host) => ({ host, path: join(cwd, host, archive) }))
  await writeFile(
    join(cwd, 'state/restore-points', file),
    JSON.stringify({ ...point, copies: [...point.copies, ...copies] }),
  )
  const restored = await call('restore', 'run', 'latest', '--yes', '-e', restoring(cwd), '--output', 'json')
  expect(restored.code).toBe(0)
  const fetched = restored.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ type, task }) => type === 'task' && task === 'Fetch it')
  expect(fetched.map(({ status }) => status)).toEqual(['changed', 'changed', 'skipped'])
  expect(await readdir(join(cwd, 'state/on-their-way'))).toEqual([])
  expect(await archives('brought')).toEqual([expect.stringMatching(/^replaced-/)])
})

test('older backups go from both places when the newer are verified, and the record says so', async () => {
  const { cwd, call, archives } = await platform()
  for (const port of [81, 82, 83]) {
    await writeFile(join(cwd, 'machine/etc/app.conf'), `port = ${port}\n`)
    const { code, stdout, stderr } = await call('run', 'backup.yml')
    expect([code, stderr], stdout).toEqual([0, ''])
  }
  expect(await archives('store/etc')).toHaveLength(2)
  expect(await archives('second/here/config-etc')).toEqual(await archives('store/etc'))
  const listed = await tsplay(['restore', 'list', '--json'], {
    cwd,
    env: { TSPLAY_STATE_DIR: join(cwd, 'state') },
  })
  expect(listed.stdout.trim().split('\n')).toHaveLength(2)
})
