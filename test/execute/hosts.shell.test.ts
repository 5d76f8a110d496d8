import { expect, test } from 'vitest'
import { play, threeHosts } from '../support/play.ts'

const six = 'all: { vars: { connection: local }, hosts: { "h[1:6]": {} } }'

const site = (text: string, inventory = threeHosts) => ({ 'inventory.yml': inventory, 'site.yml': text })

// delegation

test('delegates the work and keeps variables, result and count at the host', async () => {
  const run = await play(
    site(`
- hosts: a
  tasks:
    - { name: t, command: "echo {{ inventory_hostname }} {{ own }}", delegate_to: b, register: r, vars: { own: mine } }
    - { name: after, debug: { msg: "{{ r.stdout }}" } }
`),
    { unreachable: ['a'] },
  )
  expect(run.ended('t')).toMatchObject({ status: 'changed', host: 'a', delegatedTo: 'b' })
  expect(run.said('after')).toBe('a mine')
  expect(Object.keys(run.recap.hosts)).toEqual(['a'])
})

test('reaches the delegate by its own connection variables', async () => {
  const run = await play(site('- { hosts: a, tasks: [{ name: t, command: "true", delegate_to: c }] }'), {
    unreachable: ['c'],
  })
  expect(run.recap).toMatchObject({ exitCode: 3, hosts: { a: { unreachable: 1 } } })
})

test('delegates to what a variable or the item says, localhost included', async () => {
  const run = await play(
    site(`
- hosts: a
  vars: { there: b }
  tasks:
    - { name: t, command: echo hi, delegate_to: "{{ there }}" }
    - { name: l, command: echo hi, delegate_to: localhost }
    - { name: each, command: "echo {{ item }}", delegate_to: "{{ item }}", loop: [b, c] }
`),
    { unreachable: ['a'] },
  )
  expect(run.log).toEqual(['a t changed', 'a l changed', 'a each changed'])
  expect(run.ended('t').delegatedTo).toBe('b')
})

test('gives facts to the delegate with delegate_facts, else to the host', async () => {
  const run = await play(
    site(`
- hosts: a
  tasks:
    - { set_fact: { x: 1 }, delegate_to: b, delegate_facts: true }
    - { set_fact: { y: 2 }, delegate_to: b }
    - { name: t, debug: { msg: "{{ default x '-' }}{{ default y '-' }}{{ default hostvars.b.x '-' }}{{ default hostvars.b.y '-' }}" } }
`),
  )
  expect(run.said('t')).toBe('-21-')
})

test('gives facts to the delegate of each item with delegate_facts', async () => {
  const run = await play(
    site(`
- hosts: a
  tasks:
    - { set_fact: { x: "of {{ item }}" }, delegate_to: "{{ item }}", delegate_facts: true, loop: [b, c] }
    - { name: t, debug: { msg: "{{ default x '-' }} {{ hostvars.b.x }} {{ hostvars.c.x }}" } }
`),
  )
  expect(run.said('t')).toBe('- of b of c')
})

test('says when a host begins a task, for those who show who is at work', async () => {
  const run = await play(site('- { hosts: "a:b", tasks: [{ name: t, debug: { msg: x } }] }'))
  const kinds: string[] = run.events.flatMap((event) =>
    'task' in event && 'host' in event ? [`${event.type} ${event.host}`] : [],
  )
  expect(kinds.toSorted()).toEqual(['host_start a', 'host_start b', 'task a', 'task b'])
  for (const host of ['a', 'b'])
    expect(kinds.indexOf(`host_start ${host}`)).toBeLessThan(kinds.indexOf(`task ${host}`))
})

// run_once

test('run_once: the first host runs it and all get what it found', async () => {
  const run = await play(
    site(`
- hosts: all
  tasks:
    - { name: t, command: "echo {{ inventory_hostname }}", run_once: true, register: r }
    - { name: f, set_fact: { x: "{{ inventory_hostname }}" }, run_once: true }
    - { name: after, debug: { msg: "{{ r.stdout }} {{ x }}" } }
`),
  )
  expect(run.log.slice(0, 2)).toEqual(['a t changed', 'a f ok'])
  expect(['a', 'b', 'c'].map((host) => run.said('after', host))).toEqual(['a a', 'a a', 'a a'])
  expect(run.recap.hosts).toMatchObject({ a: { ok: 3 }, b: { ok: 1 }, c: { ok: 1 } })
})

test('run_once: a failure stops all, and only the runner counts', async () => {
  const run = await play(
    site(`
- hosts: all
  tasks: [{ name: t, command: "false", run_once: true }, { name: never, debug: { msg: x } }]
- hosts: all
  tasks: [{ name: nor this, debug: { msg: x } }]
`),
  )
  expect(run.log).toEqual(['a t failed'])
  expect(run.recap).toMatchObject({
    exitCode: 2,
    hosts: { a: { failed: 1 }, b: { failed: 0 }, c: { failed: 0 } },
  })
})

test('run_once: what is skipped on the first host is skipped', async () => {
  const run = await play(
    site(`
- hosts: all
  tasks: [{ name: t, debug: { msg: x }, run_once: true, when: inventory_hostname == "b" }]
`),
  )
  expect(run.log).toEqual(['a t skipped'])
})

test('run_once: a loop runs all its items once', async () => {
  const run = await play(
    site(`
- hosts: all
  tasks: [{ name: t, debug: { msg: "{{ item }}" }, run_once: true, loop: [1, 2] }]
`),
  )
  expect(run.events.filter(({ type }) => type === 'item')).toHaveLength(2)
})

test('run_once: notifies on the host that ran it', async () => {
  const run = await play(
    site(`
- hosts: all
  tasks: [{ name: t, command: "true", run_once: true, notify: H }]
  handlers: [{ name: H, debug: { msg: hi } }]
`),
  )
  expect(run.log).toEqual(['a t changed', 'a H ok'])
})

// failures of some hosts

test('a failed host drops out of this play and all later ones; the others go on', async () => {
  const run = await play(
    site(`
- hosts: all
  tasks:
    - { name: t, command: "false", when: inventory_hostname == "b" }
    - { name: next, debug: { msg: x } }
- hosts: all
  tasks: [{ name: later, debug: { msg: x } }]
`),
  )
  expect(run.log.filter((line) => !line.includes(' t '))).toEqual([
    'a next ok',
    'c next ok',
    'a later ok',
    'c later ok',
  ])
  expect(run.recap.exitCode).toBe(2)
  expect(run.recap.failures).toEqual([expect.objectContaining({ host: 'b', task: 't' })])
})

test('failed and unreachable hosts together end with 2', async () => {
  const run = await play(
    site('- { hosts: all, tasks: [{ name: t, command: "false", when: inventory_hostname != "c" }] }'),
    { unreachable: ['b'] },
  )
  expect(run.recap).toMatchObject({
    exitCode: 2,
    hosts: { a: { failed: 1 }, b: { unreachable: 1 }, c: { skipped: 1 } },
  })
})

test('any_errors_fatal: all hosts finish the task and then stop', async () => {
  const run = await play(
    site(`
- hosts: all
  any_errors_fatal: true
  tasks:
    - { name: t, command: "false", when: inventory_hostname == "a" }
    - { name: never, debug: { msg: x } }
- hosts: all
  tasks: [{ name: nor this, debug: { msg: x } }]
`),
  )
  expect(run.log.toSorted()).toEqual(['a t failed', 'b t skipped', 'c t skipped'])
  expect(run.recap).toMatchObject({ exitCode: 2, hosts: { b: { failed: 0 } } })
  expect(run.warnings).toEqual(['"t" failed on 1 host, which counts for 2 hosts more: any_errors_fatal.'])
})

test('any_errors_fatal: a rescue recovers all hosts', async () => {
  const run = await play(
    site(`
- hosts: all
  tasks:
    - any_errors_fatal: true
      block:
        - { name: t, command: "false", when: inventory_hostname == "a" }
        - { name: never, debug: { msg: x } }
      rescue: [{ name: saved, debug: { msg: x } }]
    - { name: next, debug: { msg: x } }
`),
  )
  expect(run.log.slice(3)).toEqual([
    'a saved ok',
    'b saved ok',
    'c saved ok',
    'a next ok',
    'b next ok',
    'c next ok',
  ])
  expect(run.recap.exitCode).toBe(0)
})

test.each([
  [49, false],
  [50, true],
  [100, true],
])('max_fail_percentage: %i with three of six failed goes on: %s', async (percentage, goesOn) => {
  const run = await play(
    site(
      `
- hosts: all
  max_fail_percentage: ${percentage}
  tasks:
    - { name: t, command: "false", when: 'inventory_hostname in ["h1", "h2", "h3"]' }
    - { name: next, debug: { msg: x } }
- hosts: all
  tasks: [{ name: later, debug: { msg: x } }]
`,
      six,
    ),
  )
  expect(run.begun).toEqual(goesOn ? ['t', 'next', 'later'] : ['t'])
  expect(run.recap.exitCode).toBe(2)
  const why = 'The run ends here: 3 of 6 hosts failed, and max_fail_percentage is 49.'
  expect(run.warnings).toEqual(goesOn ? [] : [why])
})

// batches

test.each([
  ['2', [2, 2, 2]],
  ['4', [4, 2]],
  ['"50%"', [3, 3]],
  ['"30%"', [1, 1, 1, 1, 1, 1]],
  ['[1, 2]', [1, 2, 2, 1]],
  ['[1, "50%"]', [1, 3, 2]],
  ['0', [6]],
])('serial: %s cuts six hosts into batches of %j', async (serial, sizes) => {
  const run = await play(
    site(
      `
- hosts: all
  serial: ${serial}
  tasks:
    - { name: one, debug: { msg: "{{ size ansible_play_batch }}/{{ size ansible_play_hosts_all }}" } }
    - { name: two, debug: { msg: x } }
`,
      six,
    ),
  )
  const names = sizes.flatMap(() => ['one', 'two'])
  expect(run.begun).toEqual(names)
  const batches = run.events.flatMap((event) => (event.type === 'batch_start' ? [event.hosts.length] : []))
  expect(batches).toEqual(sizes.length > 1 ? sizes : [])
  expect(run.said('one', 'h1')).toBe(`${sizes[0]}/6`)
})

test('serial: a batch that fails as a whole ends the play and the run', async () => {
  const run = await play(
    site(
      `
- hosts: all
  serial: 2
  tasks: [{ name: t, command: "false", when: 'inventory_hostname in ["h3", "h4"]' }]
- hosts: all
  tasks: [{ name: later, debug: { msg: x } }]
`,
      six,
    ),
  )
  expect(run.log.toSorted()).toEqual(['h1 t skipped', 'h2 t skipped', 'h3 t failed', 'h4 t failed'])
})

test('serial: a batch that fails in part does not', async () => {
  const run = await play(
    site(
      '- { hosts: all, serial: 2, tasks: [{ name: t, command: "false", when: inventory_hostname == "h3" }] }',
      six,
    ),
  )
  expect(run.log).toHaveLength(6)
})

test('serial: handlers run at the end of each batch', async () => {
  const run = await play(
    site(`
- hosts: all
  serial: 2
  tasks: [{ name: t, command: "true", notify: H }]
  handlers: [{ name: H, debug: { msg: x } }]
`),
  )
  expect(run.begun).toEqual(['t', 'H', 't', 'H'])
})

test('serial: run_once runs once in each batch', async () => {
  const run = await play(
    site('- { hosts: all, serial: 2, tasks: [{ name: t, debug: { msg: x }, run_once: true }] }'),
  )
  expect(run.log).toEqual(['a t ok', 'c t ok'])
})

test.each([
  ['inventory', 'a b c'],
  ['reverse_inventory', 'c b a'],
  ['sorted', 'a b c'],
  ['reverse_sorted', 'c b a'],
])('order: %s', async (order, expected) => {
  const run = await play(
    site(`- { hosts: all, order: ${order}, serial: 1, tasks: [{ name: t, debug: { msg: x } }] }`),
  )
  expect(run.log.map((line) => line.slice(0, 1)).join(' ')).toBe(expected)
})

test('--limit leaves only these hosts, and variables of the others can still be read', async () => {
  const run = await play(
    {
      ...site('- { hosts: all, tasks: [{ name: t, debug: { msg: "{{ hostvars.c.x }}" } }] }'),
      'host_vars/c.yml': 'x: 1',
    },
    { limit: 'web:!b' },
  )
  expect(run.log).toEqual(['a t ok'])
  expect(run.said('t')).toBe('1')
})

test('a play without hosts is passed over with a warning; a run without any ends with 6', async () => {
  const text = (hosts: string) => `
- { hosts: "no*such", tasks: [{ name: t, debug: { msg: x } }] }
- { hosts: "${hosts}", tasks: [{ name: u, debug: { msg: x } }] }`
  const some = await play(site(text('a')))
  expect(some.log).toEqual(['a u ok'])
  expect(some.warnings[0]).toContain('has no hosts')
  expect((await play(site(text('nor*this')))).recap.exitCode).toBe(6)
})

// strategies

const slowOnA = (strategy: string) => `
- hosts: all
  strategy: ${strategy}
  tasks:
    - { name: one, command: sleep 0.3, when: inventory_hostname == "a" }
    - { name: two, debug: { msg: x } }
- hosts: all
  tasks: [{ name: later, debug: { msg: x } }]
`

test('linear: no host begins a task before all have ended the one before it', async () => {
  const run = await play(site(slowOnA('linear')))
  expect(run.log.slice(0, 3).toSorted()).toEqual(['a one changed', 'b one skipped', 'c one skipped'])
})

test('free: hosts do not wait for each other, except at the end of the play', async () => {
  const run = await play(site(slowOnA('free')))
  expect(run.log.slice(0, 4).toSorted()).toEqual(['b one skipped', 'b two ok', 'c one skipped', 'c two ok'])
  expect(run.log.slice(4, 6)).toEqual(['a one changed', 'a two ok'])
  expect(run.log.slice(6).toSorted()).toEqual(['a later ok', 'b later ok', 'c later ok'])
})

test('host_pinned: as many hosts as forks, each to its end', async () => {
  const run = await play(site(slowOnA('host_pinned')), { forks: 1 })
  expect(run.log.slice(0, 6)).toEqual([
    'a one changed',
    'a two ok',
    'b one skipped',
    'b two ok',
    'c one skipped',
    'c two ok',
  ])
})

test.each(['free', 'host_pinned'])('%s: handlers and blocks work per host', async (strategy) => {
  const run = await play(
    site(`
- hosts: all
  strategy: ${strategy}
  tasks:
    - block: [{ name: t, command: "false", notify: H, when: inventory_hostname == "b" }]
      rescue: [{ name: saved, command: "true", notify: H }]
    - { name: u, command: "true", changed_when: inventory_hostname == "a", notify: H }
  handlers: [{ name: H, debug: { msg: x } }]
`),
  )
  expect(run.log.filter((line) => / (H|saved) /.test(line)).toSorted()).toEqual([
    'a H ok',
    'b H ok',
    'b saved changed',
  ])
  expect(run.recap.exitCode).toBe(0)
})

test('throttle: no more hosts at once than it says', async () => {
  const run = await play(
    site(`
- hosts: all
  tasks:
    - { name: t, shell: 'f={{ playbook_dir }}/busy; mkdir $f || exit 9; sleep 0.05; rmdir $f', throttle: 1 }
`),
  )
  expect(run.log).toEqual(['a t changed', 'b t changed', 'c t changed'])
})

test('forks bounds how many hosts work at once', async () => {
  const run = await play(
    site(`
- hosts: all
  tasks: [{ name: t, shell: 'f={{ playbook_dir }}/busy; mkdir $f || exit 9; sleep 0.05; rmdir $f' }]
`),
    { forks: 1 },
  )
  expect(run.recap.exitCode).toBe(0)
})
