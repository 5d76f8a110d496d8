import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'

let server: TestSshd
let project: SshProject
let keys = ''
/** Logins go to the real home: what a test leaves there is removed, and nothing else. */
const guards = join(homedir(), '.tsplay/confirm')
const guardsNow = () => readdir(guards).catch((): string[] => [])
let guardsBefore: readonly string[] = []

beforeAll(async () => {
  guardsBefore = await guardsNow()
  server = await startSshd()
  keys = join(server.folder, 'authorized_keys')
  project = await makeSshProject({ server, hosts: { h1: {} }, vars: { keys, ssh_retries: 0 } })
})

afterAll(async () => {
  await project.remove()
  await server.stop()
  const left = (await guardsNow()).filter((name) => !guardsBefore.includes(name))
  await Promise.all(left.map((name) => rm(join(guards, name), { recursive: true })))
})

test('a host that locks its users out lets them in again', async () => {
  const before = await readFile(keys, 'utf8')
  await project.files({
    'site.yml': [
      {
        hosts: 'h1',
        tasks: [
          {
            block: [
              {
                name: 'lock out',
                copy: { content: '# nobody\n', dest: '{{ keys }}', mode: '0600' },
                confirm: '2s',
              },
            ],
            rescue: [{ name: 'still here', command: 'echo hello' }],
          },
        ],
      },
    ],
  })
  const run = await project.run('run', 'site.yml', '-i', 'inventory.yml')
  expect(run.of('task', 'lock out')[0]).toMatchObject({ status: 'failed', rescued: true })
  expect(run.of('task', 'still here')[0]).toMatchObject({ status: 'changed', stdout: 'hello' })
  expect(run.code).toBe(0)
  expect(await readFile(keys, 'utf8')).toBe(before)
})

test('a host that stays locked is unreachable, and what could not be taken back was said', async () => {
  const before = await readFile(keys, 'utf8')
  const task = { name: 'lock', shell: 'echo "# nobody" > {{ quote keys }}', confirm: '1s' }
  await project.files({ 'site.yml': [{ hosts: 'h1', tasks: [task] }] })
  const run = await project.run('run', 'site.yml', '-i', 'inventory.yml')
  await writeFile(keys, before)
  expect(run.code).toBe(3)
  expect(run.of('task', 'lock')[0]).toMatchObject({ status: 'unreachable' })
  expect(run.of('warning').map(({ message }) => message)).toContainEqual(
    expect.stringContaining('cannot take back what "lock" changes'),
  )
})
