import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Connect } from '#model/transport.ts'
import { type Faults, faulty } from '../support/faulty-connection.ts'
import { playIn } from '../support/play.ts'
import { seeded } from '../support/seeded.ts'
import { treeOf } from '../support/tree-of.ts'
import { writeFiles } from '../support/write-files.ts'

/** Few in every suite, many when asked for. */
const runs = Number(process.env['TSPLAY_FAULT_RUNS'] ?? 5)
const hosts = ['a', 'b', 'c']

const playbook = `
- hosts: all
  vars: { root: "{{ playbook_dir }}/{{ inventory_hostname }}" }
  tasks:
    - { name: folder, file: { path: "{{ root }}/etc/app", state: directory, mode: "0750" } }
    - { name: text, copy: { content: "of {{ inventory_hostname }}\\n", dest: "{{ root }}/etc/app/text", mode: "0640" } }
    - { name: old, copy: { content: "new\\n", dest: "{{ root }}/old" }, notify: told }
    - { name: line, lineinfile: { path: "{{ root }}/lines", line: one, create: true } }
    - { name: line 2, lineinfile: { path: "{{ root }}/lines", line: two } }
    - { name: count 1, shell: "echo 1 >> {{ root }}/counter" }
    - { name: large, copy: { src: large, dest: "{{ root }}/etc/large" } }
    - { name: link, file: { src: "{{ root }}/old", dest: "{{ root }}/etc/link", state: link } }
    - { name: once, command: { cmd: 'sh -c "echo 2 >> {{ root }}/counter"', creates: "{{ root }}/nothing" } }
    - { name: each, shell: "echo {{ item }} >> {{ root }}/counter", loop: [3, 4] }
    - { name: last, lineinfile: { path: "{{ root }}/lines", line: three } }
  handlers:
    - { name: told, shell: "echo 5 >> {{ root }}/counter" }
`

async function project() {
  const folder = await writeFiles({
    'site.yml': playbook,
    // Each looks like a machine of its own, so that changes follow each other unheard.
    'inventory.yml': 'all: { hosts: { a: { ssh_host: a }, b: { ssh_host: b }, c: { ssh_host: c } } }',
  })
  mkdirSync(join(folder, 'files'))
  writeFileSync(join(folder, 'files', 'large'), randomBytes(150_000))
  return folder
}

function seedHosts(folder: string): void {
  for (const host of hosts) {
    rmSync(join(folder, host), { recursive: true, force: true })
    mkdirSync(join(folder, host, 'etc'), { recursive: true })
    writeFileSync(join(folder, host, 'old'), 'old\n')
  }
}

/** All hosts are this machine. */
const here =
  (connect: Connect): Connect =>
  (address, signal) =>
    connect({ ...address, connection: 'local' }, signal)

/** One host, or two, break somewhere in the first 60 frames; in every fourth run nothing is more than late. */
function faultsOf(seed: number): ReadonlyMap<string, Faults> {
  const random = seeded(seed)
  const broken = seed % 4 === 0 ? [] : hosts.filter(() => random() < 0.5)
  return new Map(
    hosts.map((host) => {
      const cut = { frame: Math.floor(random() * 60), when: random() < 0.4 ? 'before' : 'after' } as const
      return [host, { random, ...(broken.includes(host) ? { cut } : {}) }]
    }),
  )
}

test(`${runs} runs in which connections break or are slow leave whole files, run nothing twice, and say so`, async () => {
  const folder = await project()
  seedHosts(folder)
  const reference = await playIn(folder, { connect: here })
  expect(reference.recap.exitCode).toBe(0)
  const trees = new Map(
    await Promise.all(hosts.map(async (host) => [host, await treeOf(join(folder, host))] as const)),
  )
  const large = readFileSync(join(folder, 'files', 'large'))
  let broke = 0
  for (let seed = 1; seed <= runs; seed += 1) {
    seedHosts(folder)
    const faults = faultsOf(seed)
    const { recap } = await playIn(folder, {
      connect: (connect) => async (address, signal) => {
        const of = faults.get(address.host)
        const connection = await here(connect)(address, signal)
        return of ? faulty(connection, of) : connection
      },
    })
    for (const host of hosts) {
      const at = `seed ${seed}, host ${host}`
      const counts = recap.hosts[host]
      const isWell = counts?.failed === 0 && counts.unreachable === 0
      if (isWell) expect(treeOf(join(folder, host)), at).toEqual(trees.get(host))
      else broke += 1
      if (!faults.get(host)?.cut) expect(isWell, `${at}: ${JSON.stringify(recap.failures)}`).toBe(true)
      const lines = contentOf(folder, host, 'counter')?.trimEnd().split('\n') ?? []
      expect(lines, at).toEqual([...new Set(lines)])
      expect(['old\n', 'new\n'], at).toContain(contentOf(folder, host, 'old'))
      expect([undefined, `of ${host}\n`], at).toContain(contentOf(folder, host, 'etc/app/text'))
      expect([undefined, 'one\n', 'one\ntwo\n', 'one\ntwo\nthree\n'], at).toContain(
        contentOf(folder, host, 'lines'),
      )
      if (existsSync(join(folder, host, 'etc/large')))
        expect(readFileSync(join(folder, host, 'etc/large')).equals(large), at).toBe(true)
      const litter = readdirSync(join(folder, host)).filter((name) => name.includes('.tsplay-'))
      expect(litter, at).toEqual([])
    }
  }
  expect(broke).toBeGreaterThan(0)
}, 3_600_000)

const contentOf = (folder: string, host: string, name: string): string | undefined => {
  const path = join(folder, host, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
