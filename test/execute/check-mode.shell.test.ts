import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { play, playIn } from '../support/play.ts'
import { writeFiles } from '../support/write-files.ts'

const site = (tasks: string, more = ''): string =>
  `- hosts: a\n  vars: { out: "{{ playbook_dir }}/out" }\n  tasks:\n${tasks.trim().replace(/^/gm, '    ')}\n${more}`

type Verdict = readonly [task: string, status: string, because?: string]

const cases: Readonly<Record<string, readonly [tasks: string, verdicts: readonly Verdict[]]>> = {
  'a change is not made and is reported': [
    '- { name: t, copy: { dest: "{{ playbook_dir }}/f", content: x } }',
    [['t', 'would_change']],
  ],
  'what is as it should be is ok': [
    '- { name: t, file: { path: "{{ playbook_dir }}", state: directory } }',
    [['t', 'ok']],
  ],
  'an unguarded command is unknown': ['- { name: t, command: "true" }', [['t', 'unknown', 't']]],
  'a guarded one is known either way': [
    `
- { name: t, command: "true", args: { creates: "{{ playbook_dir }}/site.yml" } }
- { name: u, command: "true", args: { creates: "{{ playbook_dir }}/nothing" } }`,
    [
      ['t', 'ok'],
      ['u', 'would_change'],
    ],
  ],
  'a command with check_mode: false runs for real': [
    `
- { name: t, command: echo hi, check_mode: false, register: r, changed_when: false }
- { name: u, debug: { msg: "{{ r.stdout }}" } }`,
    [
      ['t', 'ok'],
      ['u', 'ok'],
    ],
  ],
  'what reads the register of an unknown task is unknown, and names it': [
    `
- { name: t, command: "true", register: r }
- { name: u, debug: { msg: "{{ r.stdout }}" } }
- { name: v, command: "true", when: r.rc == 0 }
- { name: w, debug: { msg: x }, when: "true || r.rc == 0" }`,
    [
      ['t', 'unknown'],
      ['u', 'unknown', 't'],
      ['v', 'unknown', 't'],
      ['w', 'ok'],
    ],
  ],
  'what reads a path that would change is unknown, and names the task': [
    `
- { name: make, copy: { dest: "{{ playbook_dir }}/f", content: x } }
- { name: look, stat: { path: "{{ playbook_dir }}/f" } }
- { name: edit, lineinfile: { path: "{{ playbook_dir }}/f", line: y } }`,
    [
      ['make', 'would_change'],
      ['look', 'unknown', 'make'],
      ['edit', 'unknown', 'make'],
    ],
  ],
  'a file in a folder that would be made is unknown or would change, and does not fail': [
    `
- { name: make, file: { path: "{{ playbook_dir }}/d", state: directory } }
- { name: put, copy: { dest: "{{ playbook_dir }}/d/f", content: x } }`,
    [
      ['make', 'would_change'],
      ['put', 'unknown', 'make'],
    ],
  ],
  'nothing to remove is unknown when an earlier change may bring it, and ok when none does': [
    `
- { name: early, file: { path: "{{ playbook_dir }}/none", state: absent } }
- { name: make, command: "true" }
- { name: drop, file: { path: "{{ playbook_dir }}/none", state: absent } }
- { name: edit, lineinfile: { path: "{{ playbook_dir }}/none", regexp: x, state: absent } }
- { name: keep, file: { path: "{{ playbook_dir }}", state: directory } }`,
    [
      ['early', 'ok'],
      ['make', 'unknown'],
      ['drop', 'unknown', 'make'],
      ['edit', 'unknown', 'make'],
      ['keep', 'ok'],
    ],
  ],
  'a failure that no earlier task explains is a failure': [
    '- { name: t, lineinfile: { path: /nonexistent/f, line: y }, ignore_errors: true }',
    [['t', 'failed']],
  ],
  'an unknown item makes the loop unknown': [
    `
- { name: t, command: "true", register: r }
- { name: u, debug: { msg: "{{ item }}" }, loop: [a, "{{ r.stdout }}"] }
- { name: v, debug: { msg: "{{ item }}" }, loop: r.stdout_lines }`,
    [
      ['t', 'unknown'],
      ['u', 'unknown', 't'],
      ['v', 'unknown', 't'],
    ],
  ],
  'changed_when and failed_when of an unknown task are not tried': [
    '- { name: t, command: "true", register: r, changed_when: r.stdout == "x", failed_when: r.rc > 0 }',
    [['t', 'unknown']],
  ],
  'changed_when: false makes a command known to change nothing': [
    '- { name: t, command: "true", changed_when: false }',
    [['t', 'unknown']],
  ],
  'assertions and facts are evaluated': [
    `
- { name: s, set_fact: { x: 1 } }
- { name: t, assert: { that: x == 1 } }`,
    [
      ['s', 'ok'],
      ['t', 'ok'],
    ],
  ],
  'check_mode: true holds for one task in any run': [
    '- { name: t, copy: { dest: "{{ playbook_dir }}/f", content: x }, check_mode: true }',
    [['t', 'would_change']],
  ],
  'what may have been set anew is unknown': [
    `
- { name: t, command: "true", register: r }
- { set_fact: { x: old } }
- { name: s, set_fact: { x: new }, when: r.rc == 0 }
- { name: u, debug: { msg: "{{ x }}" } }`,
    [['u', 'unknown', 't']],
  ],
  'what an unknown file of variables or tasks may define is unknown': [
    `
- { name: t, command: "true", register: r }
- { include_vars: "{{ r.stdout }}.yml" }
- { name: u, debug: { msg: "{{ anything }}" } }`,
    [['u', 'unknown', 't']],
  ],
  'what is set from an unknown is unknown': [
    `
- { name: t, command: "true", register: r }
- { name: s, set_fact: { x: "{{ r.stdout }}" } }
- { name: u, debug: { msg: "{{ x }}" } }`,
    [
      ['t', 'unknown'],
      ['s', 'unknown', 't'],
      ['u', 'unknown', 't'],
    ],
  ],
}

test.each(Object.entries(cases))('%s', async (_, [tasks, verdicts]) => {
  const run = await play(site(tasks), { check: true })
  const seen = verdicts.map(([task, , because]) => {
    const { status, because: found } = run.ended(task)
    return because === undefined ? [task, status] : [task, status, found]
  })
  expect(seen).toEqual(verdicts)
  expect(run.recap.exitCode).toBe(0)
})

test('touches nothing, and a real run then does what was foretold', async () => {
  const folder = await writeFiles({
    'inventory.yml': 'all: { hosts: { a: { connection: local } } }',
    'site.yml': site(
      `
- { name: d, file: { path: "{{ out }}", state: directory } }
- { name: f, copy: { dest: "{{ out }}/f", content: x }, notify: H }
- { name: c, shell: 'touch {{ out }}/c' }`,
      '  handlers: [{ name: H, shell: "touch {{ out }}/h" }]',
    ),
  })
  const check = await playIn(folder, { check: true })
  expect(existsSync(join(folder, 'out'))).toBe(false)
  expect(check.recap.hosts['a']).toMatchObject({ ok: expect.any(Number), failed: 0 })
  const apply = await playIn(folder)
  expect(apply.log).toEqual(['a d changed', 'a f changed', 'a c changed', 'a H changed'])
  expect((await playIn(folder, { check: true })).log).toEqual(['a d ok', 'a f ok', 'a c unknown'])
})

test('handlers of what would change run in check mode as well', async () => {
  const run = await play(
    site(
      '- { name: t, copy: { dest: "{{ playbook_dir }}/f", content: x }, notify: [H1, H2] }',
      '  handlers: [{ name: H1, debug: { msg: x } }, { name: H2, command: "true" }]',
    ),
    { check: true },
  )
  expect(run.log).toEqual(['a t would_change', 'a H1 ok', 'a H2 unknown'])
})

test('tells expressions that it is check mode', async () => {
  const text = site('- { name: t, debug: { msg: "{{ ansible_check_mode }}" } }')
  expect((await play(text, { check: true })).said('t')).toBe('true')
  expect((await play(text)).said('t')).toBe('false')
})

test('counts what would change as changed, and unknowns as ok', async () => {
  const run = await play(
    site('- { name: t, copy: { dest: "{{ playbook_dir }}/f", content: x } }\n- { name: u, command: "true" }'),
    { check: true },
  )
  expect(run.recap.hosts['a']).toMatchObject({ ok: 2, changed: 1, failed: 0 })
})

test('shows texts before and after when asked for', async () => {
  const run = await play(
    {
      f: 'one\n',
      'site.yml': site('- { name: t, copy: { dest: "{{ playbook_dir }}/f", content: "two\\n" } }'),
    },
    { check: true, diff: true },
  )
  expect(run.ended('t').diffs).toMatchObject([{ before: 'one\n', after: 'two\n' }])
})

test('an include that depends on an unknown is unknown', async () => {
  const run = await play(
    {
      'one.yml': '- { name: inner, debug: { msg: x } }',
      'site.yml': site(`
- { name: t, command: echo one, register: r }
- { name: inc, include_tasks: "{{ r.stdout }}.yml" }
- { name: u, debug: { msg: x } }`),
    },
    { check: true },
  )
  expect(run.log).toEqual(['a t unknown', 'a inc unknown', 'a u ok'])
})

test('a meta action that depends on an unknown is not taken', async () => {
  const run = await play(
    site(`
- { name: t, command: "true", register: r }
- { meta: end_play, when: r.rc == 0 }
- { name: u, debug: { msg: x } }`),
    { check: true },
  )
  expect(run.ended('u').status).toBe('ok')
})

test('until is not waited for when the answer is unknown', async () => {
  const run = await play(
    site('- { name: t, command: "true", register: r, until: r.stdout == "x", retries: 3, delay: 60 }'),
    { check: true },
  )
  expect(run.ended('t').status).toBe('unknown')
})
