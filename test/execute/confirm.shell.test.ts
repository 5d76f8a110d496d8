import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { armScript } from '#execute/rollback-scripts.ts'
import { ownHome } from '../support/own-home.ts'
import { abortable, type PlayOptions, playIn } from '../support/play.ts'
import { scratchFolder } from '../support/scratch-folder.ts'
import { writeFiles } from '../support/write-files.ts'

const site = `
- hosts: a
  confirm: 1s
  tasks:
    - block:
        - { name: first, copy: { dest: "{{ playbook_dir }}/old", content: "new\\n", mode: "0600" } }
        - { name: second, copy: { dest: "{{ playbook_dir }}/made", content: "new\\n" } }
      rescue: [{ name: saved, debug: { msg: "{{ ansible_failed_task.name }}" } }]
`

const write = () =>
  writeFiles({
    'inventory.yml': 'all: { hosts: { a: { connection: local } } }',
    'site.yml': site,
    old: 'old\n',
  })

/** No new connection from the second task on, until the file that was there before is back. */
function cutOff(folder: string, more: PlayOptions = {}): PlayOptions {
  const unreachable: string[] = []
  const look = setInterval(() => {
    const old = join(folder, 'old')
    // The folder goes when the test is over, which may be before this is.
    if (existsSync(old) && readFileSync(old, 'utf8') === 'old\n') unreachable.length = 0
  }, 20)
  onTestFinished(() => clearInterval(look))
  return {
    unreachable,
    ...more,
    onEvent: (event) => {
      if (event.type === 'task_start' && event.task === 'second') unreachable.push('a')
      more.onEvent?.(event)
    },
  }
}

test('keeps changes after which a new connection can be made, and leaves nothing behind', async () => {
  const home = await ownHome()
  const folder = await write()
  const run = await playIn(folder)
  expect(run.log).toEqual(['a first changed', 'a second changed'])
  expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('new\n')
  expect(readdirSync(join(home, '.tsplay/confirm'))).toEqual([])
  expect((await playIn(folder)).log).toEqual(['a first ok', 'a second ok'])
})

test('the host takes back what one confirm covers when no new connection comes', async () => {
  await ownHome()
  const folder = await write()
  chmodSync(join(folder, 'old'), 0o640)
  const run = await playIn(folder, cutOff(folder))
  expect(run.log).toEqual(['a first changed', 'a second failed', 'a saved ok'])
  expect(run.said('second')).toBe(
    'No new connection to a came about within 1 s of the change, so the host has taken it back.',
  )
  expect(run.said('saved')).toBe('second')
  expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('old\n')
  expect(statSync(join(folder, 'old')).mode & 0o777).toBe(0o640)
  expect(existsSync(join(folder, 'made'))).toBe(false)
})

test('the host does so when the controller has gone', async () => {
  await ownHome()
  const folder = await write()
  const stop = abortable()
  const options = cutOff(folder, { signal: stop.signal })
  const running = playIn(folder, options)
  await vi.waitUntil(() => existsSync(join(folder, 'made')), { timeout: 10_000 })
  stop.abort()
  expect((await running).recap.exitCode).toBe(130)
  await vi.waitUntil(() => !existsSync(join(folder, 'made')), { timeout: 10_000 })
  expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('old\n')
})

test('check mode needs no way back', async () => {
  const home = await ownHome()
  const run = await playIn(await write(), { check: true })
  expect(run.log).toEqual(['a first would_change', 'a second would_change'])
  expect(existsSync(join(home, '.tsplay'))).toBe(false)
})

test('says what it cannot take back', async () => {
  await ownHome()
  const folder = await writeFiles({
    'inventory.yml': 'all: { hosts: { a: { connection: local } } }',
    'site.yml': '- { hosts: a, tasks: [{ name: t, command: "true", confirm: 5s }] }',
  })
  const run = await playIn(folder)
  expect(run.ended('t').status).toBe('changed')
  expect(run.warnings).toEqual(['"confirm" cannot take back what "t" changes: it names no file and no unit.'])
})

test('keeps exit codes, output and input of the scripts it watches', async () => {
  await ownHome()
  const folder = await writeFiles({
    'inventory.yml': 'all: { hosts: { a: { connection: local } } }',
    'site.yml': `
- hosts: a
  confirm: 5s
  tasks:
    - { name: t, shell: { cmd: "cat; echo err >&2; exit 3", stdin: in }, failed_when: false, register: r }
    - { name: large, copy: { dest: "{{ playbook_dir }}/large", content: "{{ text }}" }, vars: { text: "${'x'.repeat(200_000)}" } }
`,
  })
  const run = await playIn(folder)
  expect(run.ended('t')).toMatchObject({ rc: 3, stdout: 'in', stderr: 'err' })
  expect(statSync(join(folder, 'large')).size).toBe(200_000)
})

test('a rollback restores folders and links, and restarts the units that were touched, and the network', async () => {
  const folder = await scratchFolder()
  const sh = (script: string) =>
    execFileSync('/bin/sh', ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { HOME: folder, PATH: `${folder}/bin:${process.env['PATH']}` },
    })
  sh(`mkdir bin dir "a b"; echo 1 >dir/one; ln -s dir link; echo x >"a b/it's"
for tool in systemctl rc-service service ifreload; do printf '#!/bin/sh\\necho "$@" >>%s/log\\n' "$PWD" >bin/$tool; done
chmod +x bin/*`)
  const paths = ['dir', 'link', "a b/it's", 'none'].map((name, i) => [i, join(folder, name)] as const)
  // The shell of this script ends at once, as one does whose connection broke.
  sh(armScript({ id: 'x', seconds: 1 }, { paths: new Map(paths), units: ['ssh', 'nginx'], network: true }))
  sh(`echo 2 >dir/one; echo 3 >dir/new; rm link; echo y >link; rm "a b/it's"; mkdir none; echo z >none/z`)
  const state = join(folder, '.tsplay/confirm/x')
  await vi.waitUntil(() => existsSync(join(state, 'restored')), { timeout: 10_000 })
  expect(sh(`cat dir/one dir/new; readlink link; cat "a b/it's"; ls -d none 2>&1 || :`)).toMatch(
    /^1\n3\ndir\nx\n.*none.*\n$/,
  )
  expect(sh('grep -v daemon-reload log')).toMatch(/^.*nginx.*\n.*ssh.*\n-a\n$/)
  expect(readdirSync(state).toSorted()).toEqual(['busy', 'fired', 'last', 'restored', 'watch'])
})
