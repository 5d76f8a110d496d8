import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { type RunningTsplay, startTsplay, tsplay } from '../support/tsplay.ts'
import { writeFiles } from '../support/write-files.ts'

// Some of them start five commands, one after the other.
vi.setConfig({ testTimeout: 300_000 })

let folder: string
beforeEach(async () => {
  folder = await writeFiles({
    'schedules.yml': 'zone: UTC\nschedules:\n  nightly: {cron: "0 4 1 1 *", run: site.yml, retries: 0}\n',
    'site.yml':
      '- hosts: localhost\n  gather_facts: false\n  tasks:\n    - {name: note, shell: "echo ran >> {{ playbook_dir }}/log"}\n    - {name: wait, shell: "while [ -e {{ playbook_dir }}/hold ]; do sleep 0.1; done"}\n',
    'drift.yml':
      '- hosts: localhost\n  gather_facts: false\n  tasks:\n    - copy: {content: x, dest: "{{ playbook_dir }}/x"}\n',
  })
})

const run = (...args: string[]) => tsplay(args, { cwd: folder })
const log = () => readFileSync(join(folder, 'log'), 'utf8')

function daemon(...args: string[]): RunningTsplay {
  const running = startTsplay(['daemon', '--listen', '0', ...args], { cwd: folder })
  onTestFinished(() => void running.process.kill('SIGKILL'))
  return running
}

test('a daemon serves its health and metrics, refuses a second one, reloads and ends in order', async () => {
  const running = daemon()
  await running.says('Status on http://')
  const said = await new Promise<string>((resolve) => {
    running.process.stderr?.once('data', (chunk) => resolve(String(chunk)))
    writeFileSync(
      join(folder, 'schedules.yml'),
      'zone: UTC\nschedules:\n  nightly: {cron: "0 4 1 1 *", run: site.yml}\n  other: {cron: "@yearly", run: site.yml}\n',
    )
  })
  expect(said).toContain('2 schedules in schedules.yml.')
  const second = await run('daemon', '--listen', 'off')
  expect(second.code).toBe(5)
  expect(second.stderr).toContain(`process ${running.process.pid} on`)
  const reloaded = new Promise((resolve) => running.process.stderr?.once('data', resolve))
  running.process.kill('SIGHUP')
  expect(String(await reloaded)).toContain('2 schedules in schedules.yml.')
  running.process.kill('SIGTERM')
  expect((await running.end).code).toBe(0)
})

test('status pages tell of a schedule and of a file that cannot be used', async () => {
  const running = daemon()
  await running.says('Status on http://')
  const heard: string[] = []
  running.process.stderr?.on('data', (chunk) => heard.push(String(chunk)))
  writeFileSync(join(folder, 'schedules.yml'), 'schedules: {nightly: {cron: nope}}\n')
  await running.says('cannot be used as it is now')
  expect(heard.join('')).toContain('It has 1 field.')
  running.process.kill('SIGTERM')
  expect((await running.end).code).toBe(0)
})

test('a broken file starts no daemon', async () => {
  writeFileSync(
    join(folder, 'schedules.yml'),
    'schedules: {nightly: {cron: "0 25 * * *", zone: UTC, run: x.yml}}\n',
  )
  const { code, stderr } = await run('daemon', '--listen', 'off')
  expect(code).toBe(4)
  expect(stderr).toContain('"25" is wrong')
  expect(stderr).toContain('There is no playbook "x.yml".')
})

test('a schedule is run by hand under its own lock, and both histories know of it', async () => {
  writeFileSync(join(folder, 'hold'), '')
  const first = startTsplay(['schedule', 'run', 'nightly'], { cwd: folder })
  await first.says('TASK [wait]')
  const second = await run('schedule', 'run', 'nightly')
  expect(second.code).toBe(5)
  expect(second.stderr).toContain('nightly cannot start: schedule nightly (process')
  rmSync(join(folder, 'hold'))
  expect((await first.end).code).toBe(0)
  expect(log()).toBe('ran\n')
  const slots = await run('schedule', 'history', 'nightly')
  expect(slots.stdout).toMatch(/nightly .* by hand .* done/)
  expect(slots.stdout).toContain('not run: held by schedule nightly')
  expect((await run('history', 'list', '--schedule', 'nightly')).stdout).toContain('run site.yml (nightly)')
})

test('a time that was taken care of is not run again', async () => {
  await run('schedule', 'run', 'nightly')
  const slot = JSON.parse((await run('schedule', 'history', '--json')).stdout)
  const again = await run('schedule', 'run', 'nightly', '--due', String(slot.at))
  expect(again.code).toBe(0)
  expect(again.stderr).toContain('has been taken care of')
  expect(log()).toBe('ran\n')
})

test('a drift check changes nothing and says that hosts have drifted', async () => {
  writeFileSync(
    join(folder, 'schedules.yml'),
    'zone: UTC\nschedules:\n  drift: {cron: "@daily", plan: drift.yml}\n',
  )
  const { code } = await run('schedule', 'run', 'drift')
  expect(code).toBe(7)
  expect((await run('schedule', 'list')).stdout).toMatch(/drift .* pending/)
  await run('run', 'drift.yml')
  expect((await run('schedule', 'run', 'drift')).code).toBe(0)
})

test('pause and resume are remembered', async () => {
  await run('schedule', 'pause', 'nightly', '--for', '2d')
  expect((await run('schedule', 'list')).stdout).toMatch(/nightly .* paused/)
  await run('schedule', 'resume', 'nightly')
  expect((await run('schedule', 'list')).stdout).not.toContain('paused')
  expect((await run('schedule', 'pause', 'nighly')).stderr).toContain('Did you mean "nightly"?')
})

test('the unit for systemd is accepted by systemd, and written once', async () => {
  const env = { TSPLAY_UNIT_DIR: folder }
  const first = await tsplay(['daemon', 'install'], { cwd: folder, env })
  expect(first.stderr).toContain('tsplay.service is written.')
  const again = await tsplay(['daemon', 'install'], { cwd: folder, env })
  expect(again.stderr).toContain('is as it has to be.')
  const said = execFileSync('systemd-analyze', ['verify', join(folder, 'tsplay.service')], {
    encoding: 'utf8',
  })
  expect(said).toBe('')
})
