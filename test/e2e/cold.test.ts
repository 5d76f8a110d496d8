import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProxy, type TestProxy } from '../support/proxy.ts'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'

let server: TestSshd
/** Other ways to it, so that its hosts look like different machines. */
let ways: readonly TestProxy[] = []
let project: SshProject

/** Bytes that are no text, the same each time. */
const bytes = (count: number, seed: number) =>
  Uint8Array.from({ length: count }, (_, i) => (i * 2654435761 + seed * 40503) >>> 13)

beforeAll(async () => {
  server = await startSshd()
  ways = await Promise.all([startProxy(server.port), startProxy(server.port)])
  project = await makeSshProject({
    server,
    hosts: { one: {}, two: { port: ways[0]?.port ?? 0 }, three: { port: ways[1]?.port ?? 0 } },
    vars: { shared_address: false, host_id: 1, src: '{{ playbook_dir }}/src' },
  })
  await cp(resolve('bench/w1'), project.folder, { recursive: true })
  await mkdir(join(project.folder, 'src'))
  const sizes = [1 << 20, 512, 1024, 2048, 4096]
  for (const [i, size] of sizes.entries())
    await writeFile(join(project.folder, 'src', `f${i}.bin`), bytes(size, i))
})
afterAll(async () => {
  await project?.remove()
  await Promise.all(ways.map((way) => way.close()))
  await server?.stop()
})

/** What the tasks expect to find. */
async function seed(...hosts: string[]): Promise<void> {
  for (const host of hosts) {
    const root = project.root(host)
    await rm(root, { recursive: true, force: true })
    for (const folder of ['etc', 'seed', 'var', 'lnk', 'srv'])
      await mkdir(join(root, folder), { recursive: true })
    const lines = Array.from({ length: 200 }, (_, i) => `key_${String(i).padStart(3, '0')}=value-${i * 7}\n`)
    await writeFile(join(root, 'etc/app.conf'), lines.join(''))
    for (let i = 0; i < 5; i += 1) await writeFile(join(root, `seed/s${i}`), `seed ${i}\n`)
  }
}

interface Costs {
  readonly tasks: readonly { readonly changes: string }[]
  readonly hosts: Readonly<Record<string, { readonly flights: number }>>
}

/** What `--explain-cost` expects of a run. */
async function costs(...hosts: string[]): Promise<Costs> {
  const { stdout, stderr, code } = await project.run(
    'run',
    'site.yml',
    '-l',
    hosts.join(','),
    '--explain-cost',
  )
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}

/**
 * What was expected of hosts and what they took. A busy machine can split a flight, which adds one and never hides one:
 * of several runs the fewest count.
 */
async function compared(hosts: readonly string[], { changed }: { changed: number }) {
  const fewest = hosts.map(() => ({ expected: Number.POSITIVE_INFINITY, taken: Number.POSITIVE_INFINITY }))
  for (let round = 0; round < 4; round += 1) {
    if (changed > 0) await seed(...hosts)
    const { tasks, hosts: costOf } = await costs(...hosts)
    expect(tasks.filter(({ changes }) => changes !== 'none')).toHaveLength(changed * hosts.length)
    const recap = (await project.run('run', 'site.yml', '-l', hosts.join(','))).recap()
    for (const [i, host] of hosts.entries()) {
      expect(recap.hosts[host]).toMatchObject({ ok: 50, changed, failed: 0, unreachable: 0 })
      const least = fewest[i]
      if (!least) continue
      least.expected = Math.min(least.expected, costOf[host]?.flights ?? 0)
      least.taken = Math.min(least.taken, recap.flights_by_host[host] ?? 0)
    }
    if (fewest.every(({ expected, taken }) => expected === taken)) break
  }
  return fewest
}

/** In lockstep, a command waits until all hosts have come to it, and its host checks what the others may have reached. */
test.each([
  { hosts: ['one'], most: 5 },
  { hosts: ['one', 'two', 'three'], most: 10 },
])(
  '50 tasks of which 45 change something need $most round trips a host at most, as foreseen: $hosts',
  async ({ hosts, most }) => {
    for (const { expected, taken } of await compared(hosts, { changed: 45 })) {
      expect(taken).toBeLessThanOrEqual(most)
      expect(expected).toBe(taken)
    }
    for (const { expected, taken } of await compared(hosts, { changed: 0 })) expect(expected).toBe(taken)
  },
)

test('what another host has changed meanwhile is seen before a command in lockstep', async () => {
  const cross = (name: string) => `${project.folder}/hosts/${name}`
  await seed('one', 'two', 'three')
  await project.files({
    'cross.yml': [
      {
        hosts: 'all',
        gather_facts: false,
        tasks: [
          {
            name: 'reach',
            shell: `[ {{ inventory_hostname }} != one ] || { sleep 0.3; touch ${cross('two')}/mark; }`,
          },
          { name: 'guarded', command: { cmd: 'touch {{ root }}/ran', creates: '{{ root }}/mark' } },
          {
            name: 'fails',
            command: { cmd: 'false', creates: '{{ root }}/mark' },
            ignore_errors: true,
            register: 'end',
          },
          {
            name: 'after',
            command: { cmd: 'touch {{ root }}/after', creates: '{{ root }}/mark' },
            when: 'end.failed',
          },
        ],
      },
    ],
  })
  const recap = (await project.run('run', 'cross.yml')).recap()
  expect(recap.hosts['one']).toMatchObject({ ok: 4, ignored: 1 })
  expect(recap.hosts['two']).toMatchObject({ changed: 1, failed: 0 })
  const ran = (file: string) => ['one', 'two', 'three'].filter((name) => existsSync(join(cross(name), file)))
  expect(ran('ran')).toEqual(['one', 'three'])
  expect(ran('after')).toEqual(['one', 'three'])
})

test('the items of a loop travel together, as neighbouring tasks do', async () => {
  await seed('one')
  await project.files({
    'loop.yml': [
      {
        hosts: 'all',
        gather_facts: false,
        tasks: [
          { file: { path: '{{ root }}/{{ item }}', state: 'directory' }, loop: ['a', 'b', 'c', 'd', 'e'] },
          { copy: { content: 'x', dest: '{{ root }}/{{ item }}/x' }, loop: ['a', 'b', 'c', 'd', 'e'] },
          { shell: 'echo {{ item }} >> {{ root }}/order', loop: [1, 2, 3, 4] },
        ],
      },
    ],
  })
  const recap = (await project.run('run', 'loop.yml', '-l', 'one')).recap()
  expect(recap.hosts['one']).toMatchObject({ ok: 3, changed: 3 })
  expect(readFileSync(join(project.root('one'), 'order'), 'utf8')).toBe('1\n2\n3\n4\n')
  expect(recap.flights_by_host['one']).toBeLessThanOrEqual(2)
})
