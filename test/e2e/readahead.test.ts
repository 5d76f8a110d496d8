import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'
import { toldByHost } from '../support/told-by-host.ts'
import { treeOf } from '../support/tree-of.ts'

let server: TestSshd
let project: SshProject

beforeAll(async () => {
  server = await startSshd()
  project = await makeSshProject({ server, hosts: { a: {}, b: {}, c: {} } })
  for (const name of ['parity', 'engine', 'vault'])
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
  'vault/site.yml',
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

test('there is no other playbook in test/projects', async () => {
  const found = await readdir('test/projects', { recursive: true })
  const texts = await Promise.all(
    found
      .filter((path) => /^\w+\/\w+\.yml$/.test(path))
      .map(async (path) => [path, await readFile(join('test/projects', path), 'utf8')] as const),
  )
  const plays = texts.filter(([, text]) => /^(- | {2})hosts:/m.test(text) && !text.startsWith('all:'))
  expect(plays.map(([path]) => path).sort()).toEqual(playbooks.toSorted())
})

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

/** Of the project that has vault files. */
const passwords = ['a', 'b'].flatMap((name) => ['--vault-id', `${name}@vault/password-${name}.txt`])

async function runTwice(playbook: string, ...options: string[]) {
  const hosts = join(project.folder, 'hosts')
  await rm(hosts, { recursive: true })
  await rm(join(project.folder, '.tsplay'), { recursive: true, force: true })
  for (const name of ['a', 'b', 'c']) await mkdir(project.root(name), { recursive: true })
  const rounds = []
  for (const _ of ['first', 'second']) {
    const end = await project.run('run', playbook, ...passwords, ...options)
    expect(end.of('diagnostic')).toEqual([])
    rounds.push({
      code: end.code,
      stderr: end.stderr,
      events: toldByHost(end.events),
      counters: end.recap().hosts,
      tree: treeOf(hosts),
    })
  }
  return rounds
}
