import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProxy, type TestProxy } from '../support/proxy.ts'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'

let server: TestSshd
let proxy: TestProxy
let project: SshProject

beforeAll(async () => {
  server = await startSshd()
  proxy = await startProxy(server.port)
  project = await makeSshProject({
    server,
    hosts: { a: { port: proxy.port }, b: { port: proxy.port } },
    files: {
      'ok.yml': [{ hosts: 'all', gather_facts: false, tasks: [{ ping: {} }] }],
      'roles/known/tasks/main.yml': [{ ping: {} }],
    },
  })
})
afterAll(async () => {
  await project?.remove()
  await proxy?.close()
  await server?.stop()
})

const play = (tasks: string): string => `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`

/** Each mistake, what is said about it (its code), and where. */
const mistakes: readonly (readonly [string, string, string])[] = [
  ['an unknown keyword', play('    - ping: {}\n      wehn: true\n'), 'when'],
  ['an unknown module', play('    - coppy: { content: x, dest: /x }\n'), 'copy'],
  ['an unknown argument', play('    - copy: { content: x, dst: /x }\n'), 'dest'],
  ['a wrong type', play('    - wait_for: { port: many }\n'), 'port'],
  ['a missing argument', play('    - copy: { content: x }\n'), 'dest'],
  ['a bad condition', play('    - ping: {}\n      when: "1 +"\n'), 'ends too early'],
  ['a condition in Jinja', play('    - ping: {}\n      when: "x is defined"\n'), 'defined'],
  ['a bad template', play('    - debug: { msg: "{{ unclosed" }\n'), 'never closed'],
  ['an undefined variable', play('    - debug: { msg: "{{ nobody_sets_this }}" }\n'), 'nobody_sets_this'],
  ['an unknown notification', play('    - ping: {}\n      notify: nobody\n'), 'nobody'],
  ['a missing task file', play('    - import_tasks: missing.yml\n'), 'missing.yml'],
  ['a missing role', '- hosts: all\n  gather_facts: false\n  roles: [knwon]\n', 'known'],
  ['a key twice', play('    - name: one\n      name: two\n      ping: {}\n'), 'name'],
  ['a tab', '- hosts: all\n\ttasks: []\n', 'tab'],
  ['a file that includes itself', play('    - import_tasks: round.yml\n'), 'round.yml'],
  ['an unknown host', '- hosts: nobody\n  gather_facts: false\n  tasks:\n    - ping: {}\n', 'nobody'],
  ['a mode that is no mode', play('    - file: { path: /x, mode: 644 }\n'), '644'],
]

test('all mistakes of a project are listed at once, and no host is connected to', async () => {
  const files = Object.fromEntries(mistakes.map(([, text], i) => [`m${i}.yml`, text]))
  await project.files({ ...files, 'round.yml': '- import_tasks: round.yml\n' })
  const before = proxy.connections()
  const end = await project.run('run', ...Object.keys(files))
  expect(end.code).toBe(4)
  expect(end.recap().exit_code).toBe(4)
  const said = end.of('diagnostic')
  for (const [i, [title, , word]] of mistakes.entries()) {
    const about = said.filter(({ file }) => [`m${i}.yml`, 'round.yml'].includes(String(file)))
    const text = about.map(({ message, remedy }) => `${message} ${remedy ?? ''}`).join('\n')
    expect(text, `${title}: ${JSON.stringify(about)}`).toContain(word)
  }
  expect(proxy.connections()).toBe(before)
})

test('a person sees file, line, column and the line itself', async () => {
  await project.files({ 'typo.yml': play('    - copy:\n        content: x\n        dst: /x\n') })
  const end = await project.text('run', 'typo.yml')
  expect(end.code).toBe(4)
  expect(end.stdout + end.stderr).toMatch(/typo\.yml:6:9/)
  expect(end.stdout + end.stderr).toMatch(/6 │\s+dst: \/x\n.*\^\^\^/)
})

describe('what the command line or the inventory says wrong', () => {
  test.each([
    ['a missing playbook', ['run', 'nowhere.yml'], 5],
    ['a missing inventory', ['run', 'ok.yml', '-i', 'nowhere.yml'], 5],
    ['an empty limit', ['run', 'ok.yml', '-l', ''], 5],
    ['a limit that is only a comma', ['run', 'ok.yml', '-l', ','], 5],
    ['an unknown host in a limit', ['run', 'ok.yml', '-l', 'nobody'], 5],
    ['an unknown host of an ad-hoc command', ['exec', 'nobody', '--', 'true'], 5],
    ['an unknown option', ['run', 'ok.yml', '--frobnicate'], 5],
    ['a value that is no number', ['run', 'ok.yml', '-f', 'many'], 5],
    ['an empty file of limits', ['run', 'ok.yml', '-l', '@empty'], 6],
    ['a pattern that matches nothing', ['run', 'ok.yml', '-l', 'web*'], 6],
    ['cyclic groups', ['run', 'ok.yml', '-i', 'cyclic.yml'], 4],
    ['two hosts with one address', ['run', 'ok.yml', '-i', 'twice.yml'], 4],
    ['a vault file without a password', ['run', 'ok.yml', '-e', '@vault.yml'], 4],
  ])('%s', async (_, args, code) => {
    await project.files({
      empty: '',
      'cyclic.yml':
        'all:\n  children:\n    x:\n      children:\n        y:\n          children:\n            x:\n',
      'twice.yml': 'all:\n  hosts:\n    p: { ssh_host: 127.0.0.9 }\n    q: { ssh_host: 127.0.0.9 }\n',
      'vault.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n',
    })
    const before = proxy.connections()
    const inventory = args.includes('-i') ? [] : ['-i', 'inventory.yml']
    const [command = '', ...rest] = args
    const end = await project.run(command, ...inventory, ...rest)
    expect(end.code, end.stdout + end.stderr).toBe(code)
    expect(end.stdout + end.stderr).not.toMatch(/ at .*\.ts:\d+/)
    expect(proxy.connections()).toBe(before)
  })
})

test.each([
  ['written in a variable', ['-e', 'ssh_private_key_file=/nowhere/key'], 4],
  ['given on the command line', ['--private-key', '/nowhere/key'], 5],
])('a key file that cannot be read, %s, is found before any host is touched', async (_, options, code) => {
  const before = proxy.connections()
  const end = await project.run('exec', 'a', ...options, '--', 'true')
  expect(end.code, end.stdout).toBe(code)
  expect(end.stdout + end.stderr).toMatch(/The private key .*\/nowhere\/key.* does not exist/)
  expect(proxy.connections()).toBe(before)
})
