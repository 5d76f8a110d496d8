import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { appears } from '../support/appears.ts'
import { startProxy, type TestProxy } from '../support/proxy.ts'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'

/** One host for each place where the connection is cut. */
const cuts = 24
const hosts = Array.from({ length: cuts }, (_, i) => `h${i}`)
const large = `${'x'.repeat(199_999)}\n`

let server: TestSshd
let proxies: readonly TestProxy[]
let project: SshProject

const text = (i: number) => `${'line of file '.repeat(100)}${i}\n`
const written = (i: number) => [
  { name: `file ${i}`, copy: { content: text(i), dest: `{{ root }}/file${i}` } },
  { name: `count ${i}`, shell: `echo ${i} >> {{ root }}/counter` },
]

beforeAll(async () => {
  server = await startSshd({ config: ['MaxStartups 200', 'MaxSessions 20'] })
  proxies = await Promise.all(hosts.map(() => startProxy(server.port)))
  const measured = await startProxy(server.port)
  project = await makeSshProject({
    server,
    hosts: {
      ...Object.fromEntries(
        hosts.map((name, i) => [name, { port: proxies[i]?.port ?? 0, vars: { ssh_retries: 1 } }]),
      ),
      measured: { port: measured.port },
      direct: {},
    },
    // Each looks like a machine of its own: then changes follow each other unheard.
    vars: { shared_address: false },
    files: {
      'files/large': large,
      'site.yml': [
        {
          hosts: 'all',
          gather_facts: false,
          strategy: 'free',
          tasks: [
            ...[0, 1, 2].flatMap(written),
            { name: 'large', copy: { src: 'large', dest: '{{ root }}/large' } },
            ...[3, 4, 5].flatMap(written),
            { name: 'line', lineinfile: { path: '{{ root }}/lines', line: 'a line', create: true } },
          ],
        },
      ],
      'wait.yml': [
        {
          hosts: 'all',
          gather_facts: false,
          tasks: [
            { name: 'before', copy: { content: 'before', dest: '{{ root }}/before' } },
            { name: 'wait', shell: 'echo run >> {{ root }}/runs; exec sleep {{ seconds }}' },
            { name: 'after', copy: { content: 'after', dest: '{{ root }}/after' } },
          ],
        },
      ],
    },
  })
  const whole = await project.run('run', 'site.yml', '-l', 'measured')
  expect(whole.code, whole.stdout).toBe(0)
  const total = measured.sent()
  await measured.close()
  for (const [i, proxy] of proxies.entries()) proxy.cutAfter(Math.round((total * (i + 0.5)) / cuts))
})
afterAll(async () => {
  await project?.remove()
  await Promise.all((proxies ?? []).map((proxy) => proxy.close()))
  await server?.stop()
})

test('a connection cut anywhere leaves whole files, runs nothing twice, and can be repeated', async () => {
  const old = 'old\n'
  for (const host of hosts) await writeFile(join(project.root(host), 'file2'), old)

  const broken = await project.run('run', 'site.yml', '-l', 'h*')
  const { hosts: counters } = broken.recap()
  expect(broken.code).toBe(3)
  for (const host of hosts) {
    expect(counters[host]?.failed, `${host}: ${reasons(broken.stdout)}`).toBe(0)
    const lost = (counters[host]?.unreachable ?? 0) === 1
    expect(lost || (counters[host]?.ok ?? 0) === 14, host).toBe(true)
    // The host hears of the cut when the run does, and then tidies up.
    await vi.waitFor(async () => {
      const names = await readdir(project.root(host))
      expect(names.filter((name) => name.includes('.tsplay-'), host)).toEqual([])
    }, 30_000)
    for (const i of [0, 1, 2, 3, 4, 5]) {
      const found = contentOf(host, `file${i}`)
      expect([undefined, old, text(i)], `${host} file${i}`).toContain(found)
    }
    expect([undefined, large]).toContain(contentOf(host, 'large'))
    const runs = (contentOf(host, 'counter') ?? '').split('\n').filter((line) => line !== '')
    expect(runs, host).toEqual([...new Set(runs)])
  }

  for (const proxy of proxies) proxy.cutAfter(Number.POSITIVE_INFINITY)
  const second = await project.run('run', 'site.yml', '-l', 'h*')
  expect(second.code, reasons(second.stdout)).toBe(0)
  const third = await project.run('run', 'site.yml', '-l', 'h*')
  // The six commands always run.
  for (const host of hosts) expect(third.recap().hosts[host]).toMatchObject({ ok: 14, changed: 6 })
  for (const host of hosts) expect(contentOf(host, 'large')).toBe(large)
  // Three runs on all hosts, whose servers share the processors with them.
}, 300_000)

const contentOf = (host: string, name: string): string | undefined => {
  const path = join(project.root(host), name)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

const reasons = (stdout: string): string =>
  stdout
    .trimEnd()
    .split('\n')
    .at(-1)
    ?.replace(/.*"failures"/, '') ?? ''

test('a server that refuses at first is tried again', async () => {
  const [proxy] = proxies
  const before = proxy?.connections() ?? 0
  proxy?.cutAfter(Number.POSITIVE_INFINITY)
  proxy?.refuseNext(1)
  const end = await project.run('exec', 'h0', '--', 'true')
  expect(end.code, end.stdout).toBe(0)
  expect(proxy?.connections()).toBe(before + 2)
})

test('a server that is killed ends the host; what ran is not run again', async () => {
  const other = await anotherServer()
  await project.files({ 'killed.yml': await project.inventoryFor(other, 'killed') })
  const running = project.start('run', 'wait.yml', '-i', 'killed.yml', '-e', 'seconds=4', '--output', 'json')
  const root = project.root('killed')
  await appears(join(root, 'runs'))
  for (const pid of await sessionsOf(other)) process.kill(pid, 'SIGKILL')
  const end = await running.end
  expect(end.code).toBe(3)
  expect(end.recap().failures).toMatchObject([{ host: 'killed', task: 'wait' }])
  expect(readFileSync(join(root, 'runs'), 'utf8')).toBe('run\n')
  expect(existsSync(join(root, 'after'))).toBe(false)
})

test('a host that freezes while a task has a time limit does not hold the run up for ever', async () => {
  const other = await anotherServer()
  await project.files({ 'frozen.yml': await project.inventoryFor(other, 'frozen') })
  await project.files({
    'limited.yml': [
      {
        hosts: 'frozen',
        gather_facts: false,
        tasks: [{ name: 'wait', timeout: 1, shell: 'echo run >> {{ root }}/runs; exec sleep 30' }],
      },
    ],
  })
  const running = project.start('run', 'limited.yml', '-i', 'frozen.yml', '--output', 'json')
  await appears(join(project.root('frozen'), 'runs'))
  const frozen = await sessionsOf(other)
  for (const pid of frozen) process.kill(pid, 'SIGSTOP')
  onTestFinished(() => {
    for (const pid of frozen) process.kill(pid, 'SIGKILL')
  })
  const end = await running.end
  expect([2, 3]).toContain(end.code)
  expect(end.recap().failures).toMatchObject([{ host: 'frozen', task: 'wait' }])
})

async function anotherServer(): Promise<TestSshd> {
  const other = await startSshd()
  onTestFinished(() => other.stop())
  return other
}

/** The processes of connections that a server has open now. */
async function sessionsOf(of: TestSshd): Promise<readonly number[]> {
  const listener = readFileSync(join(of.folder, 'sshd.pid'), 'utf8').trim()
  const { promise, resolve } = Promise.withResolvers<string>()
  const ps = spawn('ps', ['-o', 'pid=', '--ppid', listener])
  let out = ''
  ps.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  ps.once('close', () => resolve(out))
  return (await promise)
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0)
}
