import { readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { runProcess } from '#app/run-process.ts'
import { freePort } from '../support/free-port.ts'
import { tsplay } from '../support/tsplay.ts'
import { writeFiles } from '../support/write-files.ts'

test('a wiped etcd is backed up by the role and brought back by `tsplay restore`', async () => {
  const client = `http://127.0.0.1:${await freePort()}`
  const peer = `http://127.0.0.1:${await freePort()}`
  const cwd = await writeFiles({
    'hosts.yml': 'all: { hosts: { here: { connection: local } } }\n',
    start: `setsid sh -c 'echo $$ >pid; exec etcd --name here --data-dir data --listen-client-urls ${client} --advertise-client-urls ${client} --listen-peer-urls ${peer} --initial-advertise-peer-urls ${peer} --initial-cluster here=${peer}' >log 2>&1 </dev/null &\n`,
    'backup.yml': `- hosts: here
  gather_facts: false
  vars:
    backups_packages: []
    backups_etcd_packages: []
    backups_program_folder: "{{ playbook_dir }}/programs"
    backups_etcd: true
    backups_etcd_folder: "{{ playbook_dir }}/store"
    backups_etcd_endpoint: ${client}
    backups_etcd_pki: ""
  roles: [backups]
`,
    // As the last play of playbooks/restore-platform.yml.
    'newest.yml': `- hosts: here
  gather_facts: false
  tasks:
    - restore_points: { kind: etcd }
      register: snapshots
    - include_role: { name: backups, tasks_from: restore-newest-etcd }
      vars: { restore_points: "{{ snapshots.points }}" }
`,
  })
  await symlink(resolve('roles'), join(cwd, 'roles'))
  await symlink(resolve('playbooks'), join(cwd, 'playbooks'))
  const env = { ...process.env, ETCDCTL_API: '3', ETCDCTL_ENDPOINTS: client }
  const call = (...argv: string[]) => runProcess(argv, { cwd, env })
  const stop = async (): Promise<void> => {
    process.kill(Number(await readFile(join(cwd, 'pid'), 'utf8')), 'SIGTERM')
  }
  await call('sh', 'start')
  onTestFinished(stop)
  await vi.waitFor(async () => expect((await call('etcdctl', 'endpoint', 'health')).rc).toBe(0), {
    timeout: 20_000,
  })
  await call('etcdctl', 'put', '/registry/secrets/a', 'kept')

  const run = (...args: string[]) =>
    tsplay([...args, '-i', 'hosts.yml'], { cwd, env: { TSPLAY_STATE_DIR: join(cwd, 'state') } })
  expect((await run('run', 'backup.yml')).code).toBe(0)
  await call('etcdctl', 'del', '', '--prefix')

  const vars = {
    restore_become: false,
    backups_packages: [],
    backups_etcd_packages: [],
    backups_program_folder: `${cwd}/programs`,
    restore_data: `${cwd}/data`,
    restore_stop: ['sh', '-c', `kill $(cat ${cwd}/pid)`],
    restore_stopped: ['sh', '-c', `! kill -0 $(cat ${cwd}/pid)`],
    restore_start: ['sh', '-c', `cd ${cwd} && sh start`],
    restore_environment: { ETCD_NAME: 'here', ETCD_PEER_URL: peer },
    restore_etcdctl: { ETCDCTL_API: '3', ETCDCTL_ENDPOINTS: client },
  }
  const restored = await run(
    'restore',
    'run',
    'latest',
    '--kind',
    'etcd',
    '--yes',
    '-e',
    JSON.stringify(vars),
  )
  expect([restored.code, restored.stderr]).toEqual([0, expect.stringContaining('was restored in')])
  expect((await call('etcdctl', 'get', '/registry/secrets/a', '--print-value-only')).stdout).toBe('kept\n')

  // The newest has rotted: the one before it is put in place, and that is said.
  await call('etcdctl', 'put', '/registry/secrets/b', 'newer')
  expect((await run('run', 'backup.yml')).code).toBe(0)
  const newest = (await readdir(join(cwd, 'store')))
    .filter((name) => name.endsWith('.db'))
    .sort()
    .at(-1)
  await writeFile(join(cwd, 'store', newest ?? ''), 'rotten')
  const older = await run('run', 'newest.yml', '-e', JSON.stringify(vars))
  expect([older.code, older.stderr]).toEqual([0, ''])
  expect(older.stdout).toMatch(
    /Say what was passed over[\s\S]*No copy of etcd-here-cluster-\S+ can be restored/,
  )
  const { stdout } = await call('etcdctl', 'get', '', '--prefix', '--print-value-only')
  expect(stdout).toBe('kept\n')
})
