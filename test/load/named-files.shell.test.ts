import { expect, test } from 'vitest'
import { play, wrongWith } from '../support/play.ts'

const site = (tasks: string): string => `- hosts: a\n  tasks:\n${tasks.trim().replace(/^/gm, '    ')}\n`

const missing = (what: string, name: string, line: number): string =>
  `site.yml:${line} file-missing There is no ${what} "${name}".`

test.each([
  ['template', '- template: { src: no.hbs, dest: /x }', missing('template', 'no.hbs', 3)],
  ['template', '- template: src=no.hbs dest=/x', missing('template', 'no.hbs', 3)],
  ['copy', '- copy: { src: no.txt, dest: /x }', missing('file', 'no.txt', 3)],
  ['copy', '- ansible.builtin.copy:\n  args: { src: no.txt, dest: /x }', missing('file', 'no.txt', 4)],
  ['script', '- script: no.sh --fast', missing('file', 'no.sh', 3)],
  ['script', '- script: { cmd: "\'no such.sh\' x" }', missing('file', 'no such.sh', 3)],
  ['copy in a block', '- block: [{ copy: { src: no.txt, dest: /x } }]', missing('file', 'no.txt', 3)],
])('finds before the run that the file of a %s is missing: %s', async (_, tasks, expected) => {
  expect(await wrongWith(site(tasks))).toEqual([expected])
})

test.each([
  ['by a condition', '- { copy: { src: no.txt, dest: /x }, when: 1 == 2 }'],
  ['by a condition of its block', '- { when: 1 == 2, block: [{ copy: { src: no.txt, dest: /x } }] }'],
  ['by ignore_errors', '- { copy: { src: no.txt, dest: /x }, ignore_errors: true }'],
  ['by failed_when', '- { copy: { src: no.txt, dest: /x }, failed_when: false }'],
  ['by a rescue', '- { block: [{ copy: { src: no.txt, dest: /x } }], rescue: [{ ping: }] }'],
  ['by a variable in the name', '- { copy: { src: "{{ item }}", dest: /x }, loop: [no.txt] }'],
  ['since it is on the host', '- copy: { src: no.txt, dest: /x, remote_src: true }'],
  ['since it lies elsewhere', '- copy: { src: /nonexistent/made-by-the-run, dest: /x }'],
  ['by the condition of an import', '- { import_tasks: more.yml, when: 1 == 2 }'],
])('leaves a missing file to the run when it is guarded: %s', async (_, tasks) => {
  const files = { 'site.yml': site(tasks), 'more.yml': '- copy: { src: no.txt, dest: /x }' }
  expect(await wrongWith(files)).toEqual([])
})

test('looks only into those files of a role that something names', async () => {
  const role = {
    'roles/r/tasks/other.yml': '- copy: { src: no.txt, dest: /x }',
    'site.yml': '- { hosts: a, roles: [r] }',
  }
  expect(await wrongWith({ ...role, 'roles/r/tasks/main.yml': '- ping:' })).toEqual([])
  const wrong = await wrongWith({ ...role, 'roles/r/tasks/main.yml': '- import_tasks: other.yml' })
  expect(wrong).toEqual(['roles/r/tasks/other.yml:1 file-missing There is no file "no.txt".'])
})

test.each([
  ['an unknown name', 'a {{ nothing }}\n', 'templates/t.hbs:1 undefined-variable'],
  ['what is not closed', 'a\n{{#if x}}\n', 'templates/t.hbs:2 '],
  ['Jinja', '{% if x %}\n', 'templates/t.hbs:1 jinja-syntax'],
])('finds %s in a template before the run', async (_, text, expected) => {
  const files = { 'templates/t.hbs': text, 'site.yml': site('- template: { src: t.hbs, dest: /x }') }
  const [first, ...others] = await wrongWith({ ...files, 'group_vars/all.yml': 'x: true' })
  expect(first).toContain(expected)
  expect(others).toEqual([])
})

test("finds what is wrong with a role's template, and knows the role's variables there", async () => {
  const files = {
    'roles/r/tasks/main.yml': '- template: { src: t.hbs, dest: /x }',
    'roles/r/defaults/main.yml': 'known: 1',
    'roles/r/templates/t.hbs': '{{ known }}\n{{ unknown }}\n',
    'site.yml': '- { hosts: a, roles: [r] }',
  }
  expect(await wrongWith(files)).toEqual([
    expect.stringContaining('roles/r/templates/t.hbs:2 undefined-variable'),
  ])
})

test('fetches what only a template reads of facts with the first flight', async () => {
  const run = await play({
    'templates/t.hbs': '{{ facts.os.kernel }}\n',
    'site.yml': site(
      '- { name: t, template: { src: t.hbs, dest: "{{ playbook_dir }}/out" } }\n- { name: u, shell: "cat {{ playbook_dir }}/out" }',
    ),
  })
  expect(run.ended('u').stdout).not.toBe('')
})
