import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { play, playIn, threeHosts } from '../support/play.ts'
import { writeFiles } from '../support/write-files.ts'

const say = (name: string): string => `{ name: ${name}, debug: { msg: x } }`
const onB = 'when: inventory_hostname == "b"'

const cases: Readonly<Record<string, readonly [playbook: string, log: readonly string[]]>> = {
  'end_host: the host leaves the play, and takes part in the next': [
    `
- hosts: all
  tasks: [{ meta: end_host, ${onB} }, ${say('t')}]
- hosts: all
  tasks: [${say('u')}]`,
    ['a t ok', 'c t ok', 'a u ok', 'b u ok', 'c u ok'],
  ],
  'end_play: the play ends for all hosts, whichever asks': [
    `
- hosts: all
  tasks: [{ meta: end_play, ${onB} }, ${say('t')}]
- hosts: all
  tasks: [${say('u')}]`,
    ['a u ok', 'b u ok', 'c u ok'],
  ],
  'end_play: later batches do not run': [
    `
- hosts: all
  serial: 1
  tasks: [${say('t')}, { meta: end_play, ${onB} }, ${say('u')}]`,
    ['a t ok', 'a u ok', 'b t ok'],
  ],
  'end_batch: this batch ends, later ones run': [
    `
- hosts: all
  serial: 1
  tasks: [${say('t')}, { meta: end_batch, ${onB} }, ${say('u')}]`,
    ['a t ok', 'a u ok', 'b t ok', 'c t ok', 'c u ok'],
  ],
  'end_host: neither rescue nor failure': [
    `
- hosts: web
  tasks:
    - block: [{ meta: end_host, ${onB} }, ${say('t')}]
      rescue: [${say('never')}]
      always: [${say('last')}]`,
    ['a t ok', 'a last ok'],
  ],
  'clear_host_errors: failed hosts take part in the next play': [
    `
- hosts: all
  tasks: [{ name: t, command: "false", ${onB} }, { meta: clear_host_errors }, ${say('u')}]
- hosts: all
  tasks: [${say('v')}]`,
    ['a t skipped', 'b t failed', 'c t skipped', 'a u ok', 'c u ok', 'a v ok', 'b v ok', 'c v ok'],
  ],
  'noop: nothing': [`\n- hosts: a\n  tasks: [{ meta: noop }, ${say('t')}]`, ['a t ok']],
}

test.each(Object.entries(cases))('%s', async (_, [playbook, log]) => {
  const run = await play({ 'inventory.yml': threeHosts, 'site.yml': playbook })
  expect(run.log.toSorted()).toEqual([...log].toSorted())
})

test('end_role: the rest of the role is passed over on that host, and nothing else', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'roles/r/tasks/main.yml': `- { meta: end_role, ${onB} }\n- ${say('t')}\n- include_tasks: more.yml`,
    'roles/r/tasks/more.yml': `- ${say('more')}`,
    'roles/s/tasks/main.yml': `- ${say('s')}`,
    'site.yml': '- { hosts: web, roles: [r, s] }',
  })
  expect(run.log.toSorted()).toEqual(['a more ok', 'a s ok', 'a t ok', 'b s ok'])
})

test('flush_handlers: only for the hosts on which its condition holds', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'site.yml': `
- hosts: web
  tasks: [{ name: t, command: "true", notify: H }, { meta: flush_handlers, ${onB} }, ${say('u')}]
  handlers: [${say('H')}]`,
  })
  // Which of the two is first with its command is not told.
  expect(run.log.slice(0, 2).toSorted()).toEqual(['a t changed', 'b t changed'])
  expect(run.log.slice(2)).toEqual(['b H ok', 'a u ok', 'b u ok', 'a H ok'])
})

test('clear_facts: facts are asked again, and what set_fact made is gone with them', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - { name: t, debug: { msg: "{{ facts.hostname }}" } }
    - meta: clear_facts
    - { name: u, debug: { msg: "{{ facts.hostname }}" } }
`)
  expect(run.said('u')).toBe(run.said('t'))
})

test('reset_connection: later tasks connect anew', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - { name: one, shell: echo $PPID }
    - meta: reset_connection
    - { name: two, shell: echo $PPID }
`)
  expect(run.ended('two').stdout).not.toBe(run.ended('one').stdout)
})

test('refresh_inventory: new hosts are there for the next play, and hosts added by the run stay', async () => {
  const folder = await writeFiles({
    'inventory.yml': 'all: { vars: { connection: local }, hosts: { a: {} } }',
    'site.yml': `
- hosts: a
  tasks:
    - add_host: { name: added, groups: [extra] }
    - { name: now, command: "true" }
    - meta: refresh_inventory
- hosts: all
  tasks: [${say('t')}]
- hosts: extra
  tasks: [${say('u')}]`,
  })
  const run = await playIn(folder, {
    onEvent: (event) => {
      if (event.type === 'task' && event.task === 'now') {
        writeFileSync(
          join(folder, 'inventory.yml'),
          'all: { vars: { connection: local }, hosts: { a: {}, z: {} } }',
        )
      }
    },
  })
  expect(run.log.filter((line) => line.includes(' t ')).toSorted()).toEqual([
    'a t ok',
    'added t ok',
    'z t ok',
  ])
  expect(run.log.at(-1)).toBe('added u ok')
})
