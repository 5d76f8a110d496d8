import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { withProxmoxHost } from '../support/proxmox-host.ts'
import { type StaticPods, startStaticPods } from '../support/static-pods.ts'
import { tsplay } from '../support/tsplay.ts'

// A Proxmox host (its double) and the control plane on it, whose etcd is a real one and a static pod as kubeadm makes it.
vi.setConfig({ testTimeout: 300_000 })

const host = withProxmoxHost()
let pods: StaticPods
const path = () => `${pods.programs}:${host().env['PATH']}`
const settings = () => ({
  backups_become: false,
  restore_become: false,
  backups_packages: [],
  backups_etcd_packages: [],
  backups_program_folder: `${host().folder}/programs`,
  backups_vm_poll: 1,
  backups_copy_host: '',
  backups_etcd_folder: `${host().folder}/snapshots`,
  backups_etcd_endpoint: pods.client,
  backups_etcd_pki: '',
  restore_manifests: pods.manifests,
  restore_data: pods.data,
  restore_environment: { ETCD_NAME: 'k8s-cp01', ETCD_PEER_URL: pods.peer },
  restore_etcdctl: { ETCDCTL_API: '3', ETCDCTL_ENDPOINTS: pods.client },
  restore_kubeconfig: `${host().folder}/admin.conf`,
})
const call = (...args: string[]) =>
  tsplay([...args, '-i', 'hosts.yml', '-e', JSON.stringify(settings())], {
    cwd: host().folder,
    env: { PATH: path(), TSPLAY_STATE_DIR: join(host().folder, 'state') },
  })
const restore = () => call('run', 'playbooks/restore-platform.yml', '-e', 'restore_platform=pve')
const etcdctl = (...args: string[]) =>
  host().ok(['etcdctl', ...args], { ETCDCTL_API: '3', ETCDCTL_ENDPOINTS: pods.client })
const value = async (key: string) => (await etcdctl('get', key, '--print-value-only')).trim()
const answers = () => vi.waitFor(() => etcdctl('endpoint', 'health'), { timeout: 30_000, interval: 100 })
const restores = async () =>
  (await host().ok('tsplay-doubles calls')).split('\n').filter((line) => line.includes('"qmrestore"')).length

beforeAll(async () => {
  const { folder } = host()
  for (const name of ['roles', 'playbooks']) await symlink(resolve(name), join(folder, name))
  await writeFile(
    join(folder, 'hosts.yml'),
    `all:
  vars: { connection: local }
  children:
    proxmox: { hosts: { pve: } }
    control_plane: { hosts: { k8s-cp01: { vm: { vmid: 103 } } } }
`,
  )
  await writeFile(join(folder, 'admin.conf'), '')
  const [client, peer] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`)
  pods = await startStaticPods(folder, { client: client ?? '', peer: peer ?? '' })
  await answers()
  await etcdctl('put', '/registry/secrets/a', 'kept')
  const saved = await call(
    'run',
    'playbooks/backup-vms.yml',
    'playbooks/backup-etcd.yml',
    '-e',
    'ansible_become=false',
  )
  expect([saved.code, saved.stderr]).toEqual([0, ''])
})
afterAll(() => pods.stop())

/** As after a restore of an archive that is older than the snapshot: etcd knows nothing of what came later. */
async function loseEtcd(): Promise<void> {
  const aside = join(host().folder, 'etcd.yaml')
  await rename(join(pods.manifests, 'etcd.yaml'), aside)
  await vi.waitFor(() => expect(existsSync(join(host().folder, 'pods/etcd'))).toBe(false), 30_000)
  await rm(pods.data, { recursive: true })
  await rename(aside, join(pods.manifests, 'etcd.yaml'))
  await answers()
}

test('the static pods stop, the snapshot takes the place of the data, they start again, and the API is waited for', async () => {
  await loseEtcd()
  const before = (await pods.log()).length
  const done = await call('restore', 'run', 'latest', '--kind', 'etcd', '--yes')
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('was restored in')])
  const log = (await pods.log()).slice(before)
  expect(log.slice(0, 4).sort()).toEqual([
    'start etcd',
    'start kube-apiserver',
    'stop etcd',
    'stop kube-apiserver',
  ])
  expect(log.slice(0, 2).every((line) => line.startsWith('stop'))).toBe(true)
  expect(log.at(-1)).toBe(`kubectl --kubeconfig ${host().folder}/admin.conf get --raw /readyz`)
  expect(await value('/registry/secrets/a')).toBe('kept')
  expect((await readdir(host().folder)).filter((name) => name.startsWith('data.bak-'))).toHaveLength(1)
})

test('a platform whose etcd failed to come back is restored by another run, from there', async () => {
  await loseEtcd()
  await host().ok('qm destroy 103')
  await writeFile(join(host().folder, 'broken'), '')
  const failed = await restore()
  expect([failed.code, failed.stdout]).toEqual([2, expect.stringContaining('no space left on device')])
  // What was stopped runs again, as it was.
  expect((await readdir(pods.manifests)).sort()).toEqual(['etcd.yaml', 'kube-apiserver.yaml'])
  await answers()
  expect(await value('/registry/secrets/a')).toBe('')

  await rm(join(host().folder, 'broken'))
  await host().ok('qm stop 103')
  const again = await restore()
  expect([again.code, again.stderr]).toEqual([0, ''])
  expect(again.stdout).toContain('which an earlier run restored and did not see answer')
  expect(await host().ok('qm status 103')).toBe('status: running\n')
  expect(await restores()).toBe(1)
  expect(await value('/registry/secrets/a')).toBe('kept')
})

const note = () => join(host().folder, 'state/restoring/pve/103')

test('what is done is not done again: not for a platform that is well, nor after the last step was not noted', async () => {
  await etcdctl('put', '/registry/secrets/late', 'later')
  expect(existsSync(note())).toBe(false)
  expect((await restore()).stdout).toContain('which is there and stays as it is')
  // Killed after etcd came back, before it was told.
  await mkdir(join(note(), '..'), { recursive: true })
  await writeFile(note(), 'x\n')
  const before = (await pods.log()).length
  expect((await restore()).code).toBe(0)
  expect((await pods.log()).slice(before)).toEqual([expect.stringMatching(/^kubectl .*\/readyz$/)])
  expect(await value('/registry/secrets/late')).toBe('later')
  expect(existsSync(note())).toBe(false)
  expect(await restores()).toBe(1)
})

test('a machine whose restore goes on, or was cut by Proxmox itself, is named and nothing is done', async () => {
  await writeFile(note(), 'x\n')
  await host().ok('qm set 103 --lock create')
  const { code, stdout } = await restore()
  expect([code, stdout]).toEqual([
    2,
    expect.stringContaining('VM 103 is locked (create): its restore goes on, or'),
  ])
  await host().ok('qm unlock 103')
})
