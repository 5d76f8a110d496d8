import { expect, test } from 'vitest'
import { play } from '../support/play.ts'

const loopTask = (keywords: string): string => `
- hosts: a
  vars:
    list: [one, two]
    map: { k1: v1, k2: v2 }
    users:
      - { name: amy, keys: [k1, k2] }
      - { name: bob, keys: [k3] }
  tasks:
    - name: t
      register: r
${keywords
  .trim()
  .split('\n')
  .map((line) => `      ${line}`)
  .join('\n')}
    - name: after
      debug: { msg: "{{ to_json r }}" }
`

test.each([
  ['a list', 'debug: { msg: "{{ item }}" }\nloop: [1, two, true]', ['1', 'two', 'true']],
  ['an expression', 'debug: { msg: "{{ item }}" }\nloop: list', ['one', 'two']],
  ['a template', 'debug: { msg: "{{ item }}" }\nloop: "{{ list }}"', ['one', 'two']],
  [
    'lists within a list as they are',
    'debug: { msg: "{{ join item \'+\' }}" }\nloop: [[1, 2], [3]]',
    ['1+2', '3'],
  ],
  ['with_items, one level flat', 'debug: { msg: "{{ item }}" }\nwith_items: [[1, 2], 3]', ['1', '2', '3']],
  ['with_list, not flat', 'debug: { msg: "{{ join item \'+\' }}" }\nwith_list: [[1, 2], [3]]', ['1+2', '3']],
  [
    'with_dict',
    'debug: { msg: "{{ item.key }}={{ item.value }}" }\nwith_dict: "{{ map }}"',
    ['k1=v1', 'k2=v2'],
  ],
  ['with_sequence', 'debug: { msg: "{{ item }}" }\nwith_sequence: start=1 end=3', ['1', '2', '3']],
  [
    'with_sequence with a format',
    'debug: { msg: "{{ item }}" }\nwith_sequence: start=0 end=4 stride=2 format=web%02d',
    ['web00', 'web02', 'web04'],
  ],
  [
    'with_together',
    'debug: { msg: "{{ item.[0] }}{{ item.[1] }}" }\nwith_together: [[a, b], [1, 2]]',
    ['a1', 'b2'],
  ],
  [
    'with_nested',
    'debug: { msg: "{{ item.[0] }}{{ item.[1] }}" }\nwith_nested: [[a, b], [1, 2]]',
    ['a1', 'a2', 'b1', 'b2'],
  ],
  [
    'with_subelements',
    'debug: { msg: "{{ item.[0].name }}:{{ item.[1] }}" }\nwith_subelements: ["{{ users }}", keys]',
    ['amy:k1', 'amy:k2', 'bob:k3'],
  ],
  [
    'with_indexed_items',
    'debug: { msg: "{{ item.[0] }}{{ item.[1] }}" }\nwith_indexed_items: [a, b]',
    ['0a', '1b'],
  ],
  [
    'a loop variable of its own, and an index',
    'debug: { msg: "{{ n }}{{ it }}" }\nloop: [a, b]\nloop_control: { loop_var: it, index_var: n }',
    ['0a', '1b'],
  ],
  [
    'what is known about the loop, when extended',
    `debug: { msg: "{{ ansible_loop.index }}/{{ ansible_loop.length }} {{ ansible_loop.revindex0 }} {{ ansible_loop.first }} {{ ansible_loop.last }} {{ default ansible_loop.previtem '-' }}{{ default ansible_loop.nextitem '-' }}" }
loop: [a, b]
loop_control: { extended: true }`,
    ['1/2 1 true false -b', '2/2 0 false true a-'],
  ],
  [
    'until an item breaks it',
    'debug: { msg: "{{ item }}" }\nloop: [1, 2, 3]\nloop_control: { break_when: [item == 2] }',
    ['1', '2'],
  ],
  [
    'until its own result breaks it',
    'debug: { msg: "{{ item }}" }\nloop: [1, 2, 3]\nloop_control: { break_when: r.msg == 1 }',
    ['1'],
  ],
  [
    'only items whose condition holds',
    'debug: { msg: "{{ item }}" }\nloop: [1, 2, 3]\nwhen: item != 2',
    ['1', undefined, '3'],
  ],
])('loops over %s', async (_, keywords, expected) => {
  const run = await play(loopTask(keywords))
  expect(run.items('t').map(({ msg }) => msg)).toEqual(expected)
  expect(run.recap.exitCode).toBe(0)
})

test('labels items by loop_control.label, and leaves out what the label hides', async () => {
  const run = await play(
    loopTask('debug: { msg: hi }\nloop: "{{ users }}"\nloop_control: { label: "user {{ item.name }}" }'),
  )
  expect(run.items('t').map(({ label }) => label)).toEqual(['user amy', 'user bob'])
})

test('gives each result its item and sums them up', async () => {
  const run = await play(
    loopTask('command: echo {{ item }}\nloop: [x, y]\nchanged_when: item == "y"\nfailed_when: false'),
  )
  const r = JSON.parse(run.said('after') ?? '')
  expect(r).toMatchObject({
    changed: true,
    failed: false,
    skipped: false,
    results: [
      { item: 'x', stdout: 'x', changed: false, ansible_loop_var: 'item' },
      { item: 'y', stdout: 'y', changed: true },
    ],
  })
  expect(run.recap.hosts['a']).toMatchObject({ ok: 2, changed: 1 })
})

test('goes on after a failed item and fails at the end', async () => {
  const run = await play(loopTask('command: sh -c "exit {{ item }}"\nloop: [0, 3, 0]\nignore_errors: true'))
  expect(run.items('t').map(({ status }) => status)).toEqual(['changed', 'failed', 'changed'])
  expect(run.ended('t')).toMatchObject({ status: 'failed', ignored: true, msg: '1 of 3 items failed.' })
  expect(JSON.parse(run.said('after') ?? '')).toMatchObject({ failed: true, msg: 'One or more items failed' })
})

test.each([
  ['an empty list', 'loop: []', 'The list has no items.'],
  ['a list of which no item is wanted', 'loop: [1, 2]\nwhen: item > 5', undefined],
  [
    'a loop that its condition guards',
    'loop: "{{ nothing }}"\nwhen: defined(nothing)',
    'The condition is false.',
  ],
])('skips %s', async (_, keywords, because) => {
  const run = await play(loopTask(`debug: { msg: hi }\n${keywords}`))
  expect(run.ended('t').status).toBe('skipped')
  expect(run.ended('t').because).toBe(because)
})

test.each([
  ['a text', '"{{ word }}"', 'A loop needs a list, and this is the text "abc".'],
  ['a mapping', '"{{ map }}"', 'A loop needs a list, and this is a mapping.'],
])('fails a task that loops over %s', async (_, loop, msg) => {
  const run = await play(
    loopTask(`debug: { msg: hi }\nloop: ${loop}\nvars: { word: abc }\nignore_errors: true`),
  )
  expect(run.ended('t')).toMatchObject({ status: 'failed', msg })
})

test('masks items that are secrets', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - { name: get, command: echo hunter22, register: pw, no_log: true }
    - { name: t, debug: { msg: hi }, loop: ["{{ pw.stdout }}", plain] }
`)
  expect(run.items('t').map(({ label }) => label)).toEqual(['***', 'plain'])
  expect([...run.secrets]).toContain('hunter22')
})

test('pauses between items, not before the first', async () => {
  const run = await play(loopTask('debug: { msg: hi }\nloop: [1, 2, 3]\nloop_control: { pause: 0.05 }'))
  const took = run.recap.durationMs
  expect(took).toBeGreaterThanOrEqual(95)
  expect(run.items('t')).toHaveLength(3)
})

test('loops a task over a registered loop', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - { name: first, command: "echo {{ item }}", loop: [a, b], register: r }
    - { name: t, debug: { msg: "{{ item.item }}={{ item.stdout }}" }, loop: r.results }
`)
  expect(run.items('t').map(({ msg }) => msg)).toEqual(['a=a', 'b=b'])
})

test('ends a loop at the item that cannot reach the host', async () => {
  const run = await play(loopTask('command: echo {{ item }}\nloop: [1, 2]'), { unreachable: ['a'] })
  expect(run.items('t').map(({ status }) => status)).toEqual(['unreachable'])
  expect(run.recap).toMatchObject({ exitCode: 3, hosts: { a: { unreachable: 1, ok: 0 } } })
})

test('lets items gather a list with set_fact', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - { set_fact: { all: !expr "default(all, []) + [item]" }, loop: [1, 2, 3] }
    - { name: t, debug: { msg: "{{ to_json all }}" } }
`)
  expect(run.said('t')).toBe('[1,2,3]')
})
