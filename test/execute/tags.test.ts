import { expect, test } from 'vitest'
import { play } from '../support/play.ts'

const project = {
  'site.yml': `
- hosts: a
  pre_tasks: [{ name: pre, debug: { msg: x }, tags: always }]
  roles: [{ role: r, tags: role }]
  tasks:
    - { name: plain, debug: { msg: x } }
    - { name: t1, debug: { msg: x }, tags: one }
    - { name: t12, debug: { msg: x }, tags: [one, two] }
    - { name: never, debug: { msg: x }, tags: [never, rare] }
    - tags: block
      block:
        - { name: b, debug: { msg: x } }
        - { name: b1, debug: { msg: x }, tags: one }
    - { import_tasks: imported.yml, tags: imp }
    - { include_tasks: included.yml, tags: inc }
    - include_tasks: { file: applied.yml, apply: { tags: app } }
      tags: app
    - { include_role: { name: dyn }, tags: dyn }
- hosts: a
  tags: second
  tasks: [{ name: last, debug: { msg: x } }]
`,
  'imported.yml': '- { name: i, debug: { msg: x } }\n- { name: i1, debug: { msg: x }, tags: one }',
  'included.yml': '- { name: n, debug: { msg: x } }\n- { name: n1, debug: { msg: x }, tags: one }',
  'applied.yml': '- { name: a, debug: { msg: x } }',
  'roles/r/tasks/main.yml': '- { name: r, debug: { msg: x } }\n- { name: r1, debug: { msg: x }, tags: one }',
  'roles/dyn/tasks/main.yml':
    '- { name: d, debug: { msg: x } }\n- { name: d1, debug: { msg: x }, tags: one }',
}

const all = ['pre', 'r', 'r1', 'plain', 't1', 't12', 'b', 'b1', 'i', 'i1', 'n', 'n1', 'a', 'd', 'd1', 'last']

test.each([
  [[], [], all],
  [['all'], [], all],
  [['one'], [], ['pre', 'r1', 't1', 't12', 'b1', 'i1']],
  [['two'], [], ['pre', 't12']],
  [['role'], [], ['pre', 'r', 'r1']],
  [['block'], [], ['pre', 'b', 'b1']],
  [['imp'], [], ['pre', 'i', 'i1']],
  [['inc'], [], ['pre']],
  [['inc', 'one'], [], ['pre', 'r1', 't1', 't12', 'b1', 'i1', 'n1']],
  [['app'], [], ['pre', 'a']],
  [['dyn', 'one'], [], ['pre', 'r1', 't1', 't12', 'b1', 'i1', 'd1']],
  [['never'], [], ['pre', 'never']],
  [['rare'], [], ['pre', 'never']],
  [['second'], [], ['pre', 'last']],
  [['tagged'], [], ['pre', 'r', 'r1', 't1', 't12', 'b', 'b1', 'i', 'i1', 'n1', 'a', 'd1', 'last']],
  [['untagged'], [], ['pre', 'plain']],
  [[], ['one'], all.filter((name) => !/1/.test(name))],
  [[], ['always'], all.filter((name) => name !== 'pre')],
  [[], ['tagged'], ['plain']],
  [['one'], ['two'], ['pre', 'r1', 't1', 'b1', 'i1']],
  [['one'], ['always'], ['r1', 't1', 't12', 'b1', 'i1']],
])('tags %j without %j run %j', async (tags, skipTags, expected) => {
  expect((await play(project, { tags, skipTags })).begun).toEqual(expected)
})

test('tells expressions which tags run', async () => {
  const run = await play(
    `- { hosts: a, tasks: [{ name: t, tags: x, debug: { msg: "{{ join ansible_run_tags ',' }}/{{ join ansible_skip_tags ',' }}" } }] }`,
    { tags: ['x'], skipTags: ['y'] },
  )
  expect(run.said('t')).toBe('x/y')
})

test('a play of which nothing is left flushes no handlers', async () => {
  const run = await play(
    `
- hosts: a
  tasks: [{ name: t, command: "true", notify: H }]
  handlers: [{ name: H, command: "true" }]
`,
    { tags: ['other'] },
  )
  expect(run.begun).toEqual([])
})
