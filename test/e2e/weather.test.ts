import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appears } from '../support/appears.ts'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { makeKey, startSshd, type TestSshd } from '../support/sshd.ts'
import { canMakeUsers, makeUser, type TestUser } from '../support/users.ts'

const run = promisify(execFile)

let server: TestSshd
let project: SshProject
let user: TestUser
let small: string

beforeAll(async () => {
  server = await startSshd()
  user = await makeUser()
  project = await makeSshProject({
    server,
    hosts: { a: {}, b: {}, nowhere: { port: 1, vars: { ssh_retries: 0 } }, person: { user: user.name } },
    files: {
      'ok.yml': [{ hosts: 'all', gather_facts: false, tasks: [{ ping: {} }] }],
      'become.yml': [{ hosts: 'person', gather_facts: false, tasks: [{ command: 'id -un', become: true }] }],
      'mixed.yml': [
        {
          hosts: 'all',
          gather_facts: false,
          tasks: [{ ping: {} }, { name: 'fails', command: 'false', when: 'inventory_hostname == "a"' }],
        },
      ],
      'full.yml': [
        {
          hosts: 'a',
          gather_facts: false,
          tasks: [{ name: 'large', copy: { content: '{{ text }}', dest: '{{ small }}/file' } }],
        },
      ],
      'slow.yml': [
        {
          hosts: 'a:b',
          gather_facts: false,
          tasks: [
            { name: 'first', copy: { content: 'first\n', dest: '{{ root }}/first' }, notify: 'later' },
            { name: 'sleeps', shell: 'echo $$ > {{ root }}/pid; touch {{ root }}/begun; exec sleep 30' },
            { name: 'never', copy: { content: 'x', dest: '{{ root }}/never' } },
          ],
          handlers: [{ name: 'later', copy: { content: 'x', dest: '{{ root }}/handled' } }],
        },
      ],
    },
  })
  small = join(project.folder, 'small')
  await mkdir(small)
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small])
})
afterAll(async () => {
  await run('umount', [small])
  await project?.remove()
  await server?.stop()
  await user?.remove()
})

describe.skipIf(!canMakeUsers)('hosts that refuse', () => {
  test.each([
    ['no right to sudo', [], ['ALL=(nobody) NOPASSWD: /bin/true'], /not allowed|may not|password/i],
    ['a missing sudo password', [], ['ALL=(ALL) ALL'], /password/i],
    ['a wrong sudo password', ['--become-password-file', 'wrong'], ['ALL=(ALL) ALL'], /password/i],
  ])('%s fails the task with exit code 2', async (_, options, rules, said) => {
    await user.allow(...rules)
    await project.files({ wrong: 'not the password\n' })
    const end = await project.run('run', 'become.yml', ...options)
    expect(end.code, end.stdout).toBe(2)
    expect(end.recap().failures[0]?.reason).toMatch(said)
    expect(end.stdout + end.stderr).not.toContain('not the password')
  })

  test('the right sudo password works', async () => {
    await user.allow('ALL=(ALL) ALL')
    await project.files({ right: `${user.password}\n` })
    const end = await project.run('run', 'become.yml', '--become-password-file', 'right')
    expect(end.of('task')[0]).toMatchObject({ status: 'changed', stdout: 'root' })
    expect(end.stdout + end.stderr).not.toContain(user.password)
  })
})

test('a full disk fails the task, says so, and leaves the old file', async () => {
  await writeFile(join(small, 'file'), 'old\n')
  for (const size of [120_000, 300_000]) {
    await project.files({ 'text.yml': { small, text: 'x'.repeat(size) } })
    const end = await project.run('run', 'full.yml', '-e', '@text.yml')
    expect(end.code).toBe(2)
    expect(end.recap().failures[0]?.reason).toMatch(/no space left/i)
    expect(readFileSync(join(small, 'file'), 'utf8')).toBe('old\n')
    expect(readdirSync(small)).toEqual(['file'])
  }
})

test('a changed host key ends the host before anything is sent', async () => {
  const key = await makeKey(join(project.folder, 'other_key'))
  const [algorithm, other] = readFileSync(`${key}.pub`, 'utf8').split(' ')
  await project.files({ other_hosts: `[127.0.0.1]:${server.port} ${algorithm} ${other}\n` })
  const end = await project.run(
    'exec',
    'a',
    '-e',
    `ssh_known_hosts=${project.folder}/other_hosts`,
    '--',
    'touch',
    'x',
  )
  expect(end.code, end.stdout).toBe(3)
  expect(end.recap().failures[0]?.reason).toMatch(/host key/i)
  expect(end.recap().flights).toBe(0)
})

test('exit codes: unreachable alone 3, failed and unreachable 2, pending changes 7', async () => {
  expect((await project.run('run', 'ok.yml', '-l', 'a:nowhere')).code).toBe(3)
  const mixed = await project.run('run', 'mixed.yml', '-l', 'a:nowhere')
  expect(mixed.code).toBe(2)
  expect(mixed.recap().hosts).toMatchObject({ a: { failed: 1 }, nowhere: { unreachable: 1 } })
  await project.files({
    'pending.yml': [
      { hosts: 'a', gather_facts: false, tasks: [{ copy: { content: 'x', dest: '{{ root }}/pending' } }] },
    ],
    'unknown.yml': [{ hosts: 'a', gather_facts: false, tasks: [{ command: 'true' }] }],
    'nothing.yml': [{ hosts: 'a', gather_facts: false, tasks: [{ ping: {} }] }],
  })
  expect((await project.run('plan', 'pending.yml', '--exit-code')).code).toBe(7)
  expect((await project.run('plan', 'pending.yml')).code).toBe(0)
  expect((await project.run('plan', 'unknown.yml', '--exit-code')).code).toBe(7)
  expect((await project.run('plan', 'nothing.yml', '--exit-code')).code).toBe(0)
  expect(existsSync(join(project.root('a'), 'pending'))).toBe(false)
})

test('a reader that goes away ends nothing but the output', async () => {
  const tsplay = resolve('bin/tsplay')
  const script = `"${tsplay}" run ok.yml -i inventory.yml -l a:b 2>err | head -n 1; echo "\${PIPESTATUS[0]}"`
  const { stdout } = await run('bash', ['-c', script], {
    cwd: project.folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^(0|141)$/)
  expect(readFileSync(join(project.folder, 'err'), 'utf8')).not.toMatch(/EPIPE|at .*\.ts/)
})

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends what runs, names the hosts, and exits with 130',
    async (signal) => {
      for (const host of ['a', 'b']) await run('sh', ['-c', `rm -f ${project.root(host)}/*`])
      const running = project.start(
        'run',
        'slow.yml',
        '--output',
        'json',
        '--pending',
        'drop',
        '-i',
        'inventory.yml',
      )
      for (const host of ['a', 'b']) await appears(join(project.root(host), 'begun'))
      running.process.kill(signal)
      const end = await running.end
      expect(end.code, end.stderr).toBe(130)
      expect(end.recap()).toMatchObject({
        exit_code: 130,
        interrupted: true,
        hosts: { a: { failed: 1, unreachable: 0 }, b: { failed: 1, unreachable: 0 } },
      })
      for (const host of ['a', 'b']) {
        expect(readFileSync(join(project.root(host), 'first'), 'utf8')).toBe('first\n')
        expect(readdirSync(project.root(host)).filter((name) => name.includes('.tsplay-'))).toEqual([])
        expect(existsSync(join(project.root(host), 'never'))).toBe(false)
        expect(isAlive(readFileSync(join(project.root(host), 'pid'), 'utf8').trim())).toBe(false)
      }
      expect(end.recap().pending_handlers).toEqual({ a: ['later'], b: ['later'] })
    },
  )

  test('a second SIGINT stops at once', async () => {
    await run('sh', ['-c', `rm -f ${project.root('a')}/*`])
    const running = project.start('run', 'slow.yml', '-l', 'a', '--pending', 'drop', '-i', 'inventory.yml')
    await appears(join(project.root('a'), 'begun'))
    running.process.kill('SIGINT')
    running.process.kill('SIGINT')
    const end = await running.end
    expect(end.code).toBe(130)
  })
})

/** Ended processes whose parent has not looked yet count as ended. */
function isAlive(pid: string): boolean {
  const path = `/proc/${pid}/stat`
  return existsSync(path) && !/\) Z /.test(readFileSync(path, 'utf8'))
}
