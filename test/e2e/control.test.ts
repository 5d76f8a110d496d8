import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atTerminal } from '../support/at-terminal.ts'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'

const run = promisify(execFile)
const names = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']

let server: TestSshd
let other: TestSshd
let project: SshProject

/** Notes how many copies of itself run at a time, most of all so far, in a folder that all hosts share. */
const crowd = (name: string): string =>
  `d={{ root }}/../${name}; mkdir -p $d; touch $d/in-$$; sleep 0.4; ls $d | grep -c in- >> $d/seen; sleep 0.1; rm $d/in-$$`

beforeAll(async () => {
  server = await startSshd({ config: ['MaxSessions 20'] })
  other = await startSshd()
  project = await makeSshProject({
    server,
    hosts: {
      ...Object.fromEntries(names.map((name) => [name, {}])),
      gone: { port: 1, vars: { ssh_retries: 0 } },
      second: {
        port: other.port,
        vars: { ssh_known_hosts: other.knownHostsFile, ssh_private_key_file: other.keyFile },
      },
    },
    groups: { six: { hosts: Object.fromEntries(names.map((name) => [name, {}])) } },
  })
})
afterAll(async () => {
  await project?.remove()
  await server?.stop()
  await other?.stop()
})

async function play(name: string, plays: unknown, ...options: string[]) {
  await project.files({ [`${name}.yml`]: plays })
  return project.run('run', `${name}.yml`, ...options)
}

const most = (name: string): number => {
  const seen = readFileSync(join(project.root(name), 'seen'), 'utf8')
    .trim()
    .split('\n')
  return Math.max(...seen.map(Number))
}

const shared = (name: string): string => readFileSync(join(project.root(name)), 'utf8')

test('forks and throttle bound how many hosts work at a time', async () => {
  const tasks = [
    { name: 'crowd', shell: crowd('forks') },
    { name: 'throttled', shell: crowd('throttle'), throttle: 2 },
  ]
  const end = await play('forks', [{ hosts: 'six', gather_facts: false, tasks }], '--forks', '4')
  expect(end.code, end.stdout.slice(-800)).toBe(0)
  expect(most('forks')).toBeLessThanOrEqual(4)
  expect(most('forks')).toBeGreaterThan(2)
  expect(most('throttle')).toBe(2)
})

test('batches run one after the other, in the order asked for', async () => {
  const end = await play('serial', [
    {
      hosts: 'six',
      gather_facts: false,
      order: 'reverse_inventory',
      serial: [1, '50%'],
      tasks: [{ name: 'note', shell: 'echo {{ first ansible_play_batch }} >> {{ root }}/../serial' }],
    },
  ])
  expect(end.of('batch_start').map(({ hosts }) => hosts)).toEqual([['h6'], ['h5', 'h4', 'h3'], ['h2', 'h1']])
  expect(shared('serial')).toBe('h6\nh5\nh5\nh5\nh2\nh2\n')
})

describe('failures that end more than a host', () => {
  const failing = (hosts: string, more: object) => [
    {
      hosts: 'six',
      gather_facts: false,
      ...more,
      tasks: [
        { name: 'breaks', command: 'false', when: `inventory_hostname in ${hosts}` },
        { name: 'after', ping: {} },
      ],
    },
    { hosts: 'six', gather_facts: false, tasks: [{ name: 'next play', ping: {} }] },
  ]

  test.each([
    ['without limits the others go on', "['h1']", {}, 5, 5],
    ['any_errors_fatal ends the play for all', "['h1']", { any_errors_fatal: true }, 0, 0],
    ['max_fail_percentage is not reached', "['h1','h2','h3']", { max_fail_percentage: 50 }, 3, 3],
    ['max_fail_percentage is exceeded', "['h1','h2','h3','h4']", { max_fail_percentage: 50 }, 0, 0],
  ])('%s', async (_, hosts, more, after, next) => {
    const end = await play('fatal', failing(hosts, more))
    expect(end.code).toBe(2)
    expect(end.of('task', 'after').length).toBe(after)
    expect(end.of('task', 'next play').length).toBe(next)
  })

  test('ignore_unreachable keeps a host in the play', async () => {
    const end = await play('unreachable', [
      {
        hosts: 'gone:h1',
        gather_facts: false,
        tasks: [
          { name: 'tries', ping: {}, ignore_unreachable: true },
          { name: 'still there', debug: { msg: 'here' } },
        ],
      },
    ])
    expect(end.of('task', 'tries').find(({ host }) => host === 'gone')).toMatchObject({
      status: 'unreachable',
      ignored: true,
    })
    expect(end.of('task', 'still there').length).toBe(2)
    expect(end.code).toBe(0)
  })
})

describe('handlers that a failure left over', () => {
  const plays = (fails: boolean) => [
    {
      hosts: 'h1',
      gather_facts: false,
      tasks: [
        { name: 'changes', copy: { content: 'x', dest: '{{ root }}/noted' }, notify: 'tell' },
        { name: 'fails', command: fails ? 'false' : 'true' },
      ],
      handlers: [{ name: 'tell', shell: 'echo told >> {{ root }}/told' }],
    },
  ]
  const told = () => (existsSync(join(project.root('h1'), 'told')) ? shared('h1/told') : '')

  test('are kept, run when asked for, and forgotten then', async () => {
    const failed = await play('pending', plays(true))
    expect(failed.recap().pending_handlers).toEqual({ h1: ['tell'] })
    expect(told()).toBe('')
    const kept = await play('pending', plays(false))
    expect(kept.stderr + kept.stdout).toContain('--pending')
    expect(told()).toBe('')
    expect((await play('pending', plays(false), '--pending', 'run')).code).toBe(0)
    expect(told()).toBe('told\n')
    await play('pending', plays(false), '--pending', 'run')
    expect(told()).toBe('told\n')
  })

  test('are dropped when asked for; forced ones run at once', async () => {
    await run('rm', ['-f', join(project.root('h1'), 'noted'), join(project.root('h1'), 'told')])
    await play('dropped', plays(true))
    await play('dropped', plays(false), '--pending', 'drop')
    await play('dropped', plays(false), '--pending', 'run')
    expect(told()).toBe('')
    await run('rm', ['-f', join(project.root('h1'), 'noted')])
    await play('forced', plays(true), '--force-handlers')
    expect(told()).toBe('told\n')
  })
})

test('tags, --skip-tags and --start-at-task choose tasks', async () => {
  const tasks = [
    { name: 'one', ping: {}, tags: 'a' },
    { name: 'two', ping: {}, tags: ['a', 'b'] },
    { name: 'three', ping: {}, tags: 'never' },
    { name: 'four', ping: {}, tags: 'always' },
    { name: 'five', ping: {} },
  ]
  const ran = async (...options: string[]) => {
    const end = await play('tags', [{ hosts: 'h1', gather_facts: false, tasks }], ...options)
    expect(end.code).toBe(0)
    return end.of('task').map(({ task }) => task)
  }
  expect(await ran()).toEqual(['one', 'two', 'four', 'five'])
  expect(await ran('--tags', 'b')).toEqual(['two', 'four'])
  expect(await ran('--tags', 'a', '--skip-tags', 'b')).toEqual(['one', 'four'])
  expect(await ran('--tags', 'never')).toEqual(['three', 'four'])
  expect(await ran('--tags', 'untagged')).toEqual(['four', 'five'])
  expect(await ran('--start-at-task', 'four')).toEqual(['four', 'five'])
})

test('--step asks before each task', async () => {
  const tasks = ['one', 'two', 'three', 'four'].map((name) => ({
    name,
    copy: { content: name, dest: `{{ root }}/${name}` },
  }))
  await project.files({ 'step.yml': [{ hosts: 'h2', gather_facts: false, tasks }] })
  const command = `${resolve('bin/tsplay')} run step.yml -i inventory.yml --step`
  const screen = await atTerminal(
    command,
    { prompt: '[c]ontinue: ', answers: ['y', 'n', 'c'] },
    project.folder,
  )
  expect(screen).toContain('Run the task "three"?')
  expect(screen).not.toContain('Run the task "four"?')
  const made = ['one', 'two', 'three', 'four'].filter((name) => existsSync(join(project.root('h2'), name)))
  expect(made).toEqual(['one', 'three', 'four'])
})

test('vars_prompt without a terminal takes the default, else ends with 5', async () => {
  const prompts = (more: object) => [
    {
      hosts: 'h1',
      gather_facts: false,
      vars_prompt: [{ name: 'colour', prompt: 'Which colour?', ...more }],
      tasks: [{ name: 'say', debug: { msg: '{{ colour }}' } }],
    },
  ]
  const defaulted = await play('prompt', prompts({ default: 'green', private: false }))
  expect(defaulted.of('task', 'say')[0]).toMatchObject({ msg: 'green' })
  expect((await play('prompt', prompts({}))).code).toBe(5)
  expect((await play('prompt', prompts({}), '-e', 'colour=red')).of('task', 'say')[0]).toMatchObject({
    msg: 'red',
  })
})

test('a task can be delegated to another real host, and hosts can join later', async () => {
  const end = await play('delegate', [
    {
      hosts: 'h1:h2',
      gather_facts: false,
      tasks: [
        { name: 'there', command: 'printenv SSH_CONNECTION', delegate_to: 'second', register: 'where' },
        { name: 'keeps', set_fact: { port_there: '{{ last (split where.stdout " ") }}' } },
        {
          name: 'joins',
          add_host: {
            name: 'late',
            groups: 'joined',
            ssh_port: other.port,
            ssh_known_hosts: other.knownHostsFile,
            ssh_host: '127.0.0.1',
            ssh_user: 'root',
            ssh_private_key_file: other.keyFile,
            shared_address: true,
          },
          run_once: true,
        },
        { name: 'groups', group_by: { key: 'by_{{ inventory_hostname }}' } },
      ],
    },
    {
      hosts: 'joined',
      gather_facts: false,
      tasks: [{ name: 'late one', command: 'printenv SSH_CONNECTION' }],
    },
    { hosts: 'by_h2', gather_facts: false, tasks: [{ name: 'grouped', ping: {} }] },
  ])
  expect(end.code, end.stdout.slice(-1500)).toBe(0)
  for (const event of end.of('task', 'there'))
    expect(String(event['stdout'])).toMatch(new RegExp(` ${other.port}$`))
  expect(end.of('task', 'late one').map(({ host }) => host)).toEqual(['late'])
  expect(end.of('task', 'grouped').map(({ host }) => host)).toEqual(['h2'])
})
