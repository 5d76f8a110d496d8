import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { copyFile, mkdir, open, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runProcess } from '#app/run-process.ts'
import { freePort } from '../support/free-port.ts'

const program = resolve('roles/backups/files/etcd-backup')
const folder = mkdtempSync(join(tmpdir(), 'tsplay-etcd-'))
const data = join(folder, 'data')
let live: ChildProcess | undefined
let endpoint = ''
let peer = ''

const tools = join(folder, 'tools')
const env = () => ({
  ...process.env,
  ETCDCTL_API: '3',
  ETCDCTL_ENDPOINTS: endpoint,
  ETCD_PEER_URL: peer,
  ETCD_BACKUP_TOOLS: tools,
})
const call = (argv: readonly string[]) => runProcess(argv, { cwd: folder, env: env() })
const etcdctl = (...args: string[]) => call(['etcdctl', ...args])
const backup = (...args: string[]) => call([program, ...args])
/** The last line of what it said. */
const said = (stdout: string): Record<string, unknown> => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

async function start(): Promise<void> {
  const urls = ['--listen-client-urls', endpoint, '--advertise-client-urls', endpoint]
  const peers = ['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer]
  const args = [
    '--name',
    'default',
    '--data-dir',
    data,
    ...urls,
    ...peers,
    '--initial-cluster',
    `default=${peer}`,
  ]
  live = spawn('etcd', args, { stdio: 'ignore' })
  const healthy = async () => expect((await etcdctl('endpoint', 'health')).rc).toBe(0)
  await vi.waitFor(healthy, { timeout: 20_000, interval: 100 })
}

async function stop(): Promise<void> {
  if (!live || live.exitCode !== null) return
  live.kill('SIGTERM')
  await once(live, 'exit')
}

beforeAll(async () => {
  endpoint = `http://127.0.0.1:${await freePort()}`
  peer = `http://127.0.0.1:${await freePort()}`
  await start()
  await Promise.all(
    Array.from({ length: 12 }, (_, i) => etcdctl('put', `/registry/pods/default/web-${i}`, `value ${i}`)),
  )
})

afterAll(async () => {
  await stop()
  rmSync(folder, { recursive: true, force: true })
})

test('saves a snapshot that is proved, restores it over a wiped etcd, and finds every key again', async () => {
  const saved = await backup('save', 'wiped')
  expect(saved).toMatchObject({ rc: 0 })
  const { path, revision } = said(saved.stdout)
  expect(revision).toBe(13)

  expect((await etcdctl('del', '', '--prefix')).stdout.trim()).toBe('12')
  await stop()
  const restored = await backup('restore', String(path), data)
  expect(restored).toMatchObject({ rc: 0 })
  expect(String(said(restored.stdout)['kept'])).toMatch(/data\.bak-\d{8}T\d{6}Z$/)
  await start()
  expect((await etcdctl('get', '/registry/pods/default/web-7', '--print-value-only')).stdout).toBe(
    'value 7\n',
  )
  expect((await etcdctl('get', '', '--prefix', '--keys-only')).stdout.match(/web-/g)).toHaveLength(12)
})

test('a drill starts the snapshot elsewhere and compares every key with what the live one held', async () => {
  const { path } = said((await backup('save', 'drilled')).stdout)
  // The live one goes on meanwhile.
  await etcdctl('put', '/registry/pods/default/late', 'later')
  const drilled = await backup('drill', String(path))
  expect(drilled).toMatchObject({ rc: 0 })
  expect(said(drilled.stdout)).toMatchObject({ keys: 12, compared: 'content' })
  expect(said(drilled.stdout)['milliseconds']).toBeGreaterThan(0)
  await etcdctl('del', '/registry/pods/default/late')
})

test('a drill fails when the snapshot does not hold what the live one held', async () => {
  const { path } = said((await backup('save', 'altered')).stdout)
  const note = `${String(path)}.json`
  const known = await readFile(join(folder, note), 'utf8')
  await writeFile(join(folder, note), known.replace(/"content":"\w{4}/, '"content":"0000'))
  const { rc, stderr } = await backup('drill', String(path))
  expect([rc, stderr]).toEqual([1, expect.stringContaining('does not hold what the live one held')])
})

test('a flipped bit, a cut end and another file are each told', async () => {
  const path = join(folder, String(said((await backup('save', 'damaged')).stdout)['path']))
  const copy = join(folder, 'damaged', 'copy.db')
  await copyFile(path, copy)
  const file = await open(copy, 'r+')
  await file.write(Buffer.from([0xff]), 0, 1, 9000)
  await file.close()
  expect((await backup('verify', copy)).stderr).toMatch(/is corrupt: its checksum is \w{64} and should be/)
  await truncate(copy, 4096)
  expect((await backup('verify', copy)).stderr).toContain('is cut off: it has no checksum at its end')
  await writeFile(
    `${path}.json`,
    (await readFile(`${path}.json`, 'utf8')).replace(/"sha256":"\w{4}/, '"sha256":"0000'),
  )
  expect((await backup('verify', path)).stderr).toContain('is not the file that was saved')
  expect((await backup('verify', join(folder, 'none.db'))).stderr).toContain('is missing or empty')
})

test('a corrupt snapshot is never put into the place of data', async () => {
  const path = join(folder, String(said((await backup('save', 'refused')).stdout)['path']))
  await truncate(path, 4096)
  const place = join(folder, 'precious')
  await writeFile(place, 'still here')
  const { rc } = await backup('restore', path, place)
  expect([rc, await readFile(place, 'utf8')]).toEqual([1, 'still here'])
})

test('a snapshot of a cluster that was wiped is set aside, and the good ones stay', async () => {
  await backup('save', 'shrunk')
  const [note] = (await readdir(join(folder, 'shrunk'))).filter((name) => name.endsWith('.json'))
  const path = join(folder, 'shrunk', String(note))
  // As if the one before had been made at a later revision.
  const known = (await readFile(path, 'utf8')).replace(/"revision":\d+/, '"revision":99999')
  await rm(path)
  await rename(path.replace('.json', ''), join(folder, 'shrunk', '20200101T000000Z.db'))
  await writeFile(join(folder, 'shrunk', '20200101T000000Z.db.json'), known)
  const { rc, stderr } = await backup('save', 'shrunk')
  expect([rc, stderr]).toEqual([1, expect.stringContaining('The revision fell from 99999 to')])
  const names = await readdir(join(folder, 'shrunk'))
  expect(names.filter((name) => name.endsWith('.rejected'))).toHaveLength(1)
})

test('an etcd that does not answer leaves nothing that looks like a snapshot', async () => {
  const here = { ...env(), ETCDCTL_ENDPOINTS: 'http://127.0.0.1:9', ETCD_BACKUP_TIMEOUT: '3' }
  const { rc, stderr } = await runProcess([program, 'save', 'unreachable'], { cwd: folder, env: here })
  expect([rc, stderr]).toEqual([1, expect.stringContaining('No snapshot was made.')])
  expect(await readdir(join(folder, 'unreachable'))).toEqual([])
})

test.runIf(process.getuid?.() === 0)(
  'the programs of an etcd in a container are used, also after it has gone',
  async () => {
    const bin = join(folder, 'container')
    await mkdir(bin)
    // Its name is all that is asked of the process.
    await copyFile('/bin/sleep', join(bin, 'etcd'))
    await writeFile(
      join(bin, 'etcdctl'),
      `#!/bin/sh\necho "$1" >>${folder}/asked\nexec /usr/bin/etcdctl "$@"\n`,
      { mode: 0o755 },
    )
    const contained = spawn(
      'unshare',
      ['--mount', 'sh', '-c', `mount --bind ${bin} /usr/local/bin && exec /usr/local/bin/etcd 600`],
      { stdio: 'ignore' },
    )
    const comm = () => readFile(`/proc/${contained.pid}/comm`, 'utf8')
    await vi.waitFor(async () => expect(await comm()).toBe('etcd\n'), { timeout: 20_000, interval: 50 })
    const saved = await backup('save', 'contained')
    expect(saved).toMatchObject({ rc: 0 })
    contained.kill()
    await once(contained, 'exit')
    expect(await readFile(join(folder, 'asked'), 'utf8')).toContain('snapshot\n')
    await rm(join(folder, 'asked'))
    // What is no etcd must not be started as one.
    await rm(join(tools, 'etcd'))
    expect(await backup('verify', String(said(saved.stdout)['path']))).toMatchObject({ rc: 0 })
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe('snapshot\n')
    await rm(tools, { recursive: true })
  },
)
