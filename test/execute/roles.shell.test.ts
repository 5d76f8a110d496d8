import { expect, test } from 'vitest'
import { play, wrongWith } from '../support/play.ts'

const say = (name: string, msg = 'hi'): string => `- { name: ${name}, debug: { msg: "${msg}" } }`

test('runs pre_tasks, roles, tasks and post_tasks in this order', async () => {
  const run = await play({
    'roles/r1/tasks/main.yml': say('r1'),
    'roles/r2/tasks/main.yml': say('r2'),
    'site.yml': `
- hosts: a
  post_tasks: [{ name: post, debug: { msg: x } }]
  tasks: [{ name: task, debug: { msg: x } }]
  roles: [r1, r2]
  pre_tasks: [{ name: pre, debug: { msg: x } }]
`,
  })
  expect(run.begun).toEqual(['pre', 'r1', 'r2', 'task', 'post'])
})

test.each([
  ['once for the same parameters', '[{ role: r, p: 1 }, { role: r, p: 2 }, { role: r, p: 1 }]', ['1', '2']],
  [
    'again for variables instead of parameters',
    '[{ role: r, p: 1 }, { role: r, vars: { p: 1 } }]',
    ['1', '1'],
  ],
])('runs a role %s', async (_, roles, expected) => {
  const run = await play({
    'roles/r/tasks/main.yml': say('t', '{{ p }}'),
    'site.yml': `- { hosts: a, roles: ${roles} }`,
  })
  expect(run.events.flatMap((event) => (event.type === 'task' ? [event.msg] : []))).toEqual(expected)
})

test('runs a role again when it allows duplicates', async () => {
  const run = await play({
    'roles/r/tasks/main.yml': say('t'),
    'roles/r/meta/main.yml': 'allow_duplicates: true',
    'site.yml': '- { hosts: a, roles: [r, r] }',
  })
  expect(run.begun).toEqual(['t', 't'])
})

test('runs dependencies first, each once', async () => {
  const run = await play({
    'roles/base/tasks/main.yml': say('base'),
    'roles/web/tasks/main.yml': say('web'),
    'roles/web/meta/main.yml': 'dependencies: [base]',
    'roles/db/tasks/main.yml': say('db'),
    'roles/db/meta/main.yml': 'dependencies: [{ role: base }]',
    'site.yml': '- { hosts: a, roles: [web, db] }',
  })
  expect(run.begun).toEqual(['base', 'web', 'db'])
})

test('hands parameters to a dependency', async () => {
  const run = await play({
    'roles/base/tasks/main.yml': say('base', '{{ p }}'),
    'roles/base/defaults/main.yml': 'p: default',
    'roles/web/tasks/main.yml': say('web', '{{ p }}'),
    'roles/web/meta/main.yml': 'dependencies: [{ role: base, p: from web }]',
    'site.yml': '- { hosts: a, roles: [web] }',
  })
  expect([run.said('base'), run.said('web')]).toEqual(['from web', 'default'])
})

test('shows defaults to the play, the last role winning outside of roles', async () => {
  const run = await play({
    'roles/r1/defaults/main.yml': 'd: one',
    'roles/r1/tasks/main.yml': say('in r1', '{{ d }}'),
    'roles/r2/defaults/main.yml': 'd: two',
    'roles/r2/tasks/main.yml': say('in r2', '{{ d }}'),
    'site.yml': `
- hosts: a
  roles: [r1, r2]
  tasks: [{ name: outside, debug: { msg: "{{ d }}" } }]
- hosts: a
  tasks: [{ name: next play, debug: { msg: "{{ default d 'gone' }}" } }]
`,
  })
  expect(['in r1', 'in r2', 'outside', 'next play'].map((name) => run.said(name))).toEqual([
    'one',
    'two',
    'two',
    'gone',
  ])
})

test('tries the condition of a role entry at each of its tasks', async () => {
  const run = await play({
    'roles/r/tasks/main.yml': say('t'),
    'site.yml': '- { hosts: a, roles: [{ role: r, when: false }] }',
  })
  expect(run.log).toEqual(['a t skipped'])
})

test('tells a role where and what it is', async () => {
  const run = await play({
    'roles/outer/meta/main.yml': 'dependencies: [inner]',
    'roles/outer/tasks/main.yml': say('outer', '{{ role_name }}'),
    'roles/inner/tasks/main.yml': say(
      'inner',
      "{{ role_name }} {{ join ansible_parent_role_names ',' }} {{ basename role_path }}",
    ),
    'site.yml': '- { hosts: a, roles: [outer] }',
  })
  expect([run.said('outer'), run.said('inner')]).toEqual(['outer', 'inner outer inner'])
})

const specified = {
  'roles/r/meta/argument_specs.yml': `
argument_specs:
  main:
    options:
      listen_port: { type: int, required: true }
      level: { type: str, choices: [low, high], default: low }
      tags_list: { type: list, elements: str }`,
}

test('converts what a role was given, and fills in defaults', async () => {
  const run = await play({
    ...specified,
    'roles/r/tasks/main.yml': '- { name: t, debug: { msg: "{{ level }}" }, when: listen_port + 1 == 81 }',
    'site.yml': '- { hosts: a, roles: [{ role: r, listen_port: "80" }] }',
  })
  expect(run.ended('t').status).toBe('ok')
  expect(run.said('t')).toBe('low')
})

test.each([
  ['a missing argument', 'roles: [r]', 'listen_port'],
  ['a wrong choice', 'roles: [{ role: r, listen_port: 1, level: middle }]', 'middle'],
  ['a wrong type', 'roles: [{ role: r, listen_port: abc }]', 'abc'],
])('finds %s of a role before the run', async (_, roles, named) => {
  const wrong = await wrongWith({
    ...specified,
    'roles/r/tasks/main.yml': say('t'),
    'site.yml': `- { hosts: a, ${roles} }`,
  })
  expect(wrong.join('\n')).toContain(named)
})

test('fails the role when only the run shows that an argument is wrong', async () => {
  const run = await play({
    ...specified,
    'roles/r/tasks/main.yml': say('t', '{{ listen_port }}'),
    'site.yml': `
- hosts: a
  tasks:
    - { command: echo abc, register: out }
    - include_role: { name: r }
      vars: { listen_port: "{{ out.stdout }}" }
`,
  })
  expect(run.recap.exitCode).toBe(2)
  expect(run.recap.failures[0]?.reason).toContain('listen_port')
})
