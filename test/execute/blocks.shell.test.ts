import { expect, test } from 'vitest'
import { play, threeHosts } from '../support/play.ts'

const tasks = (text: string): string => `- hosts: a\n  tasks:\n${text.replace(/^/gm, '    ')}\n`

interface Case {
  readonly tasks: string
  readonly log: readonly string[]
  readonly recap: Readonly<Record<string, number>>
  readonly exitCode?: number
}

const cases: Readonly<Record<string, Case>> = {
  'rescues a failure and goes on': {
    tasks: `
- block:
    - { name: bad, command: "false" }
    - { name: never, command: "true" }
  rescue: [{ name: saved, command: "true" }]
  always: [{ name: last, command: "true" }]
- { name: next, command: "true" }`,
    log: ['a bad failed', 'a saved changed', 'a last changed', 'a next changed'],
    recap: { ok: 3, changed: 3, failed: 0, rescued: 1 },
  },
  'leaves the rescue out when nothing failed': {
    tasks: `
- block: [{ name: good, command: "true" }]
  rescue: [{ name: saved, command: "true" }]
  always: [{ name: last, command: "true" }]`,
    log: ['a good changed', 'a last changed'],
    recap: { ok: 2, rescued: 0 },
  },
  'runs always and then stops when there is no rescue': {
    tasks: `
- block: [{ name: bad, command: "false" }]
  always: [{ name: last, command: "true" }]
- { name: next, command: "true" }`,
    log: ['a bad failed', 'a last changed'],
    recap: { ok: 1, failed: 1, rescued: 0 },
    exitCode: 2,
  },
  'fails the host when the rescue fails, after always': {
    tasks: `
- block: [{ name: bad, command: "false" }]
  rescue: [{ name: worse, command: "false" }, { name: never, command: "true" }]
  always: [{ name: last, command: "true" }]
- { name: next, command: "true" }`,
    log: ['a bad failed', 'a worse failed', 'a last changed'],
    recap: { ok: 1, failed: 1, rescued: 1 },
    exitCode: 2,
  },
  'fails the host when always fails': {
    tasks: `
- block: [{ name: good, command: "true" }]
  always: [{ name: bad, command: "false" }]
- { name: next, command: "true" }`,
    log: ['a good changed', 'a bad failed'],
    recap: { ok: 1, failed: 1 },
    exitCode: 2,
  },
  'rescues in the inner block and knows nothing of it in the outer': {
    tasks: `
- block:
    - block: [{ name: bad, command: "false" }]
      rescue: [{ name: inner, command: "true" }]
      always: [{ name: inner last, command: "true" }]
    - { name: between, command: "true" }
  rescue: [{ name: outer, command: "true" }]
  always: [{ name: outer last, command: "true" }]`,
    log: [
      'a bad failed',
      'a inner changed',
      'a inner last changed',
      'a between changed',
      'a outer last changed',
    ],
    recap: { rescued: 1, failed: 0 },
  },
  'hands a failure of an inner rescue to the outer one': {
    tasks: `
- block:
    - block: [{ name: bad, command: "false" }]
      rescue: [{ name: worse, command: "false" }]
    - { name: never, command: "true" }
  rescue: [{ name: outer, command: "true" }]
- { name: next, command: "true" }`,
    log: ['a bad failed', 'a worse failed', 'a outer changed', 'a next changed'],
    recap: { rescued: 2, failed: 0 },
  },
  'hands a failure of an inner always to the outer rescue': {
    tasks: `
- block:
    - block: [{ name: good, command: "true" }]
      always: [{ name: bad, command: "false" }]
  rescue: [{ name: outer, command: "true" }]`,
    log: ['a good changed', 'a bad failed', 'a outer changed'],
    recap: { rescued: 1, failed: 0 },
  },
  'lets an inner block without rescue fail into the outer rescue': {
    tasks: `
- block:
    - block: [{ name: bad, command: "false" }]
      always: [{ name: inner last, command: "true" }]
    - { name: never, command: "true" }
  rescue: [{ name: outer, command: "true" }]`,
    log: ['a bad failed', 'a inner last changed', 'a outer changed'],
    recap: { rescued: 1, failed: 0 },
  },
  'does not rescue what is ignored': {
    tasks: `
- block:
    - { name: bad, command: "false", ignore_errors: true }
    - { name: goes on, command: "true" }
  rescue: [{ name: never, command: "true" }]`,
    log: ['a bad failed', 'a goes on changed'],
    recap: { ok: 2, ignored: 1, rescued: 0 },
  },
  'applies ignore_errors of a block to each task': {
    tasks: `
- ignore_errors: true
  block: [{ name: bad, command: "false" }, { name: goes on, command: "true" }]`,
    log: ['a bad failed', 'a goes on changed'],
    recap: { ok: 2, ignored: 1 },
  },
  'tries the condition of a block at each of its tasks': {
    tasks: `
- set_fact: { on: true }
- when: on
  block:
    - { name: first, command: "true" }
    - { name: off, set_fact: { on: false } }
    - { name: second, command: "true" }`,
    log: ['a set_fact ok', 'a first changed', 'a off ok', 'a second skipped'],
    recap: { ok: 3, skipped: 1 },
  },
  'rescues a variable that is missing on this host': {
    tasks: `
- block: [{ name: bad, debug: { msg: "{{ hostvars.b.only_here }}" } }]
  rescue: [{ name: saved, command: "true" }]
  vars: { only_here: 1 }`,
    log: ['a bad failed', 'a saved changed'],
    recap: { rescued: 1 },
  },
  'rescues a failed include': {
    tasks: `
- set_fact: { name_of_file: nothing }
- block: [{ include_tasks: "{{ name_of_file }}.yml" }]
  rescue: [{ name: saved, command: "true" }]`,
    log: ['a set_fact ok', 'a include_tasks failed', 'a saved changed'],
    recap: { rescued: 1, failed: 0 },
  },
  'loops over a whole block': {
    tasks: `
- loop: [1, 2]
  block:
    - { name: "x{{ item }}", command: "echo {{ item }}" }
    - { name: "y{{ item }}", command: "echo {{ item }}" }`,
    log: ['a x1 changed', 'a y1 changed', 'a x2 changed', 'a y2 changed'],
    recap: { ok: 4 },
  },
  'rescues each round of a looped block': {
    tasks: `
- loop: [0, 1, 0]
  loop_control: { loop_var: code, index_var: i }
  block: [{ name: "x{{ i }}", shell: "exit {{ code }}" }]
  rescue: [{ name: "saved{{ i }}", command: "true" }]`,
    log: ['a x0 changed', 'a x1 failed', 'a saved1 changed', 'a x2 changed'],
    recap: { rescued: 1, failed: 0 },
  },
  'stops a looped block at the round that fails': {
    tasks: `
- loop: [0, 1, 0]
  block: [{ name: "x{{ item }}", shell: "exit {{ item }}" }]`,
    log: ['a x0 changed', 'a x1 failed'],
    recap: { failed: 1 },
    exitCode: 2,
  },
}

test.each(Object.entries(cases))('%s', async (_, { tasks: text, log, recap, exitCode = 0 }) => {
  const run = await play(tasks(text.trim()))
  expect(run.log).toEqual(log)
  expect(run.recap.hosts['a']).toMatchObject(recap)
  expect(run.recap.exitCode).toBe(exitCode)
})

test('shows what failed in rescue and always, nested as well', async () => {
  const run = await play(
    tasks(`
- block:
    - { name: first, command: sh -c "echo one; exit 3" }
  rescue:
    - { name: r1, debug: { msg: "{{ ansible_failed_task.name }} {{ ansible_failed_result.rc }} {{ ansible_failed_result.stdout }}" } }
    - block: [{ name: second, command: sh -c "exit 4" }]
      rescue: [{ name: r2, debug: { msg: "{{ ansible_failed_task.name }} {{ ansible_failed_result.rc }}" } }]
  always:
    - { name: r3, debug: { msg: "{{ ansible_failed_task.name }}" } }`),
  )
  expect([run.said('r1'), run.said('r2'), run.said('r3')]).toEqual(['first 3 one', 'second 4', 'second'])
})

test('an unreachable host runs neither rescue nor always; the others do', async () => {
  const run = await play(
    {
      'inventory.yml': threeHosts,
      'site.yml': `
- hosts: web
  tasks:
    - block: [{ name: try, command: "false" }]
      rescue: [{ name: saved, debug: { msg: hi } }]
      always: [{ name: last, debug: { msg: hi } }]
    - { name: next, debug: { msg: hi } }
`,
    },
    { unreachable: ['b'] },
  )
  expect(run.log.toSorted()).toEqual([
    'a last ok',
    'a next ok',
    'a saved ok',
    'a try failed',
    'b try unreachable',
  ])
  expect(run.recap).toMatchObject({
    exitCode: 3,
    hosts: { a: { rescued: 1 }, b: { unreachable: 1, rescued: 0 } },
  })
})

test('only the hosts that failed run the rescue, and all run always', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'site.yml': `
- hosts: all
  tasks:
    - block: [{ name: try, command: "false", when: inventory_hostname == "b" }, { name: rest, debug: { msg: x } }]
      rescue: [{ name: saved, debug: { msg: hi } }]
      always: [{ name: last, debug: { msg: hi } }]
`,
  })
  expect(run.log.filter((line) => / (rest|saved|last) /.test(line))).toEqual([
    'a rest ok',
    'c rest ok',
    'b saved ok',
    'a last ok',
    'b last ok',
    'c last ok',
  ])
})

test('a loop over a block takes each host its own items', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'host_vars/a.yml': 'list: [1]',
    'host_vars/b.yml': 'list: [1, 2]',
    'host_vars/c.yml': 'list: []',
    'site.yml': `
- hosts: all
  tasks:
    - loop: "{{ list }}"
      block: [{ name: t, debug: { msg: "{{ item }}" } }]
`,
  })
  expect(run.log).toEqual(['a t ok', 'b t ok', 'b t ok'])
})

test('inherits keywords from the play and blocks, the innermost winning', async () => {
  const run = await play(`
- hosts: a
  environment: { A: play, B: play, C: play }
  vars: { v: play, w: play }
  tasks:
    - environment: { B: block, C: block }
      vars: { v: block }
      block:
        - name: t
          environment: { C: task }
          shell: echo $A $B $C {{ v }} {{ w }}
`)
  expect(run.ended('t').stdout).toBe('play block task block play')
})
