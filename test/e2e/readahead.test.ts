import { cp, mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'
import { treeOf } from '../support/tree-of.ts'
import type { JsonEvent } from '../support/tsplay.ts'

let server: TestSshd
let project: SshProject

beforeAll(async () => {
  server = await startSshd()
  project = await makeSshProject({ server, hosts: { a: {}, b: {}, c: {} } })
  for (const name of ['parity', 'engine'])
    await cp(resolve('test/projects', name), join(project.folder, name), { recursive: true })
})
afterAll(async () => {
  await project?.remove()
  await server?.stop()
})

const playbooks = [
  'parity/files.yml',
  'parity/lines.yml',
  'parity/flow.yml',
  'parity/handlers.yml',
  'engine/registers.yml',
  'engine/flow.yml',
  'engine/across.yml',
  'engine/commands.yml',
  'engine/loops.yml',
  'engine/stretches.yml',
  'engine/serial.yml',
  'engine/free.yml',
  'engine/host_pinned.yml',
]

/** Those that change much. */
const changing = [
  'parity/files.yml',
  'parity/lines.yml',
  'parity/handlers.yml',
  'engine/registers.yml',
  'engine/commands.yml',
  'engine/loops.yml',
  'engine/stretches.yml',
]

/** Decision 1: readahead changes when a question is asked, never what a task sees. */
test.each(playbooks)(
  'with readahead and without, events and files are the same, twice: %s',
  async (playbook) => {
    expect(await runTwice(playbook)).toEqual(await plainly(playbook))
  },
  120_000,
)

/** Decision 6: neither does it matter that changes travel together, which they do most where a host is alone. */
test.each(changing)(
  'the same on a host that is alone: %s',
  async (playbook) => {
    const ahead = await runTwice(playbook, '--limit', 'a')
    const plain = await runTwice(playbook, '--limit', 'a', '--readahead', '0')
    expect(ahead).toEqual(plain)
  },
  120_000,
)

/** Where hosts are no one machine, they make changes of neighbouring tasks together in lockstep as well. */
test.each(changing)(
  'the same on hosts that look like three machines: %s',
  async (playbook) => {
    expect(await runTwice(playbook, '-e', 'shared_address=false')).toEqual(await plainly(playbook))
  },
  120_000,
)

const plain = new Map<string, ReturnType<typeof runTwice>>()

/** Without readahead; what several tests compare with is run once. */
function plainly(playbook: string): ReturnType<typeof runTwice> {
  const known = plain.get(playbook) ?? runTwice(playbook, '--readahead', '0')
  plain.set(playbook, known)
  return known
}

async function runTwice(playbook: string, ...options: string[]) {
  const hosts = join(project.folder, 'hosts')
  await rm(hosts, { recursive: true })
  await rm(join(project.folder, '.tsplay'), { recursive: true, force: true })
  for (const name of ['a', 'b', 'c']) await mkdir(project.root(name), { recursive: true })
  const rounds = []
  for (const _ of ['first', 'second']) {
    const end = await project.run('run', playbook, ...options)
    expect(end.of('diagnostic')).toEqual([])
    rounds.push({
      code: end.code,
      stderr: end.stderr,
      events: byHost(end.events),
      counters: end.recap().hosts,
      tree: treeOf(hosts),
    })
  }
  return rounds
}

/** Hosts work side by side: only the order of one host's events is fixed. */
function byHost(events: readonly JsonEvent[]): Record<string, readonly string[]> {
  const told = events.filter(({ type }) => type !== 'recap' && type !== 'run_start' && type !== 'progress')
  const groups = Map.groupBy(told, (event) => String(event['host'] ?? 'all'))
  return Object.fromEntries(
    [...groups].map(([host, list]) => [host, list.map((event) => JSON.stringify(settled(event), timeless))]),
  )
}

/** What two runs of the same playbook may differ in. */
const fleeting = /^(duration_ms|time|start|end|delta|.time|.time_ns|inode|ino|nlink|size_of_folder)$/

const timeless = (key: string, value: unknown) => (fleeting.test(key) ? undefined : value)

/** Without lockstep, how many hosts will come to a task is a guess of the moment. */
const settled = (event: JsonEvent) => (event.type === 'task_start' ? { ...event, hosts: undefined } : event)
