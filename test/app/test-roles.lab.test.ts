import { readdir } from 'node:fs/promises'
import { cwd } from 'node:process'
import { describe, expect, it } from 'vitest'
import { startTsplay, tsplay } from '../support/tsplay.ts'
import { writeFiles } from '../support/write-files.ts'

/** A role of one task, tested once. */
const project = (task: string, scenario = '') =>
  writeFiles({ 'roles/one/tasks/main.yml': task, 'roles/one/test/default.yml': scenario })

const test = async (folder: string, ...words: string[]) => tsplay(['test', ...words], { cwd: folder })

/** What there is in the folder that labs keep their users' files in. */
const labsIn = (folder: string) => readdir(`${folder}/.tsplay/lab`).catch(() => [])

const verdicts = (events: Awaited<ReturnType<typeof test>>) =>
  Object.fromEntries(events.of('step').map((event) => [event['step'], event['verdict']]))

/** All labs of all roles, on whatever machine. */
const patienceMs = 30 * 60_000

describe('the shipped roles', () => {
  it('pass all their scenarios', { timeout: patienceMs }, async () => {
    const { code, stdout } = await test(cwd())
    expect(stdout).toMatch(/\d+ tests: \d+ passed\.\n$/)
    expect(code).toBe(0)
  })
})

describe('a role that is not as it should be', () => {
  it('fails when its second run changes anything, and leaves nothing behind', async () => {
    const folder = await project('- { name: Count, shell: echo x >>/root/count }\n', 'verify: [{ ping: }]\n')
    const end = await test(folder, '--output', 'json')
    expect(end.code).toBe(2)
    expect(verdicts(end)).toMatchObject({
      converge: 'passed',
      again: 'failed',
      verify: 'passed',
      destroy: 'passed',
    })
    expect(await labsIn(folder)).toEqual([])
  })

  it('fails when its run does what its plan did not say', async () => {
    const hidden =
      '- { name: Hide, shell: touch /root/x, changed_when: "!ansible_check_mode", check_mode: false }\n'
    const end = await test(await project(hidden), '--output', 'json')
    expect(verdicts(end)).toMatchObject({ plan: 'passed', agreement: 'failed' })
    expect(end.stdout).toContain('was planned as \\"ok\\" and then was \\"changed\\"')
  })

  it('fails when what is verified does not hold', async () => {
    const scenario =
      'prepare:\n  - file: { path: /root/here, state: touch }\nverify:\n  - assert: { that: 1 == 2 }\n'
    const end = await test(await project('- ping:\n', scenario))
    expect(end.code).toBe(2)
    expect(end.stdout).toContain('roles/one/test/default.yml:4')
  })
})

describe('scenarios that come after each other', () => {
  it('run on one host, and the next does not begin where the one before did not get', async () => {
    const folder = await writeFiles({
      'roles/one/tasks/main.yml': '- { name: Write, copy: { dest: /root/x, content: one } }\n',
      'roles/one/test/default.yml': '',
      'roles/one/test/later.yml':
        'after: default\nprepare:\n  - { copy: { dest: /root/y, content: two } }\n' +
        'converge:\n  - { command: cat /root/x /root/y, register: both }\n  - { fail: { msg: "{{ both.stdout }}" } }\n',
      'roles/one/test/last.yml': 'after: later\n',
    })
    const end = await test(folder, '--output', 'json')
    const told = end.of('step').map(({ scenario, step, verdict }) => `${scenario} ${step} ${verdict}`)
    expect(told.filter((line) => !/ (plan|agreement|again) /.test(line))).toEqual([
      'default create passed',
      'default converge passed',
      'later prepare passed',
      'later converge failed',
      'last prepare failed',
      'default destroy passed',
    ])
    expect(end.stdout).toContain('onetwo')
    expect(end.stdout).toContain('It begins where \\"later\\" ends, which did not get there.')
    expect(await labsIn(folder)).toEqual([])
  })
})

describe('the hosts of a scenario', () => {
  it('have the doubles that its lab names', async () => {
    const scenario =
      'lab: { hosts: [a1], doubles: [mailq] }\nverify:\n  - { command: mailq, changed_when: false }\n'
    expect(await test(await project('- ping:\n', scenario))).toMatchObject({ code: 0 })
  })
})

describe('a test that is looked into', () => {
  it('keeps its hosts until they are taken down', async () => {
    const folder = await project('- { name: Write, copy: { dest: /root/x, content: kept } }\n')
    const end = await test(folder, '--keep')
    expect(end.stdout).toContain('tsplay lab ssh --lab test-one-default-bookworm HOST')
    const lab = ['--lab', 'test-one-default-bookworm']
    const shell = await tsplay(['lab', 'ssh', ...lab, 'host1', '--', 'sudo', 'cat', '/root/x'], {
      cwd: folder,
    })
    expect(shell.stdout).toBe('kept')
    expect((await tsplay(['lab', 'down', ...lab], { cwd: folder })).code).toBe(0)
    expect(await labsIn(folder)).toEqual([])
  })

  it('is cleaned up after an interruption', async () => {
    const folder = await project('- { name: Wait, command: sleep 600 }\n')
    const running = startTsplay(['test'], { cwd: folder })
    await running.says('plan       ok')
    running.process.kill('SIGINT')
    expect((await running.end).code).toBe(130)
    expect(await labsIn(folder)).toEqual([])
  })
})
