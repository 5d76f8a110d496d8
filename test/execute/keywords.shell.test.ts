import { expect, test } from 'vitest'
import { play, playIn, threeHosts } from '../support/play.ts'
import { writeFiles } from '../support/write-files.ts'

test('module_defaults: the innermost wins, and the task itself over all', async () => {
  const run = await play(`
- hosts: a
  module_defaults: { command: { chdir: /, stdin: play }, copy: { mode: "0600" } }
  tasks:
    - { name: play, command: sh -c 'pwd; cat' }
    - module_defaults: { command: { stdin: block } }
      block:
        - { name: block, command: sh -c 'pwd; cat' }
        - { name: task, command: { cmd: sh -c 'pwd; cat', chdir: /usr, stdin: "{{ word }}" }, vars: { word: own } }
    - { name: fqcn, ansible.builtin.command: sh -c 'pwd; cat' }
    - { copy: { dest: "{{ playbook_dir }}/f", content: x } }
    - { name: mode, stat: { path: "{{ playbook_dir }}/f" }, register: st }
    - { name: show, debug: { msg: "{{ st.stat.mode }}" } }
`)
  expect(['play', 'block', 'task', 'fqcn'].map((name) => run.ended(name).stdout)).toEqual([
    '/\nplay',
    '/\nblock',
    '/usr\nown',
    '/\nplay',
  ])
  expect(run.said('show')).toBe('0600')
})

test('environment: levels add up, values become text, a variable may hold the mapping', async () => {
  const run = await play(`
- hosts: a
  vars: { proxy: { HTTP_PROXY: "http://p" } }
  environment: "{{ proxy }}"
  tasks:
    - { name: t, shell: 'echo $HTTP_PROXY $NUMBER $QUOTED', environment: { NUMBER: 1, QUOTED: "a'b \\"c" } }
    - { name: u, shell: 'echo $HTTP_PROXY $NUMBER.' }
`)
  expect(run.ended('t').stdout).toBe(`http://p 1 a'b "c`)
  expect(run.ended('u').stdout).toBe('http://p .')
})

test('no_log: hides what a task shows, and its register can still be used', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - { name: t, command: echo top-secret-1, register: r, no_log: true }
    - { name: u, command: "sh -c 'test {{ r.stdout }} = top-secret-1 && echo equal'" }
    - { name: v, debug: { msg: "it is {{ r.stdout }}" } }
    - { name: w, debug: { msg: x }, when: r.stdout == "top-secret-1" && r.rc == 0 }
`)
  expect(run.ended('t')).toMatchObject({ status: 'changed', noLog: true })
  expect(run.ended('t').stdout).toBeUndefined()
  expect(run.ended('u').stdout).toBe('equal')
  expect(run.ended('w').status).toBe('ok')
  expect([...run.secrets]).toContain('top-secret-1')
  const shown = JSON.stringify(run.events.filter((event) => event.type === 'task' && event.task === 't'))
  expect(shown).not.toContain('top-secret-1')
})

test('no_log: hides failures, items and their labels', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - { name: t, shell: "echo {{ item }}; false", loop: [classified-1, classified-2], no_log: true, ignore_errors: true }
    - { name: some, debug: { msg: "{{ item.v }}" }, loop: [{ v: classified-4, s: true }, { v: open, s: false }], no_log: "{{ item.s }}" }
    - { name: u, fail: { msg: classified-3 }, no_log: true, ignore_errors: true }
`)
  const shown = JSON.stringify(run.events)
  expect(run.ended('t').status).toBe('failed')
  expect(run.ended('u').status).toBe('failed')
  expect(shown).not.toContain('classified')
  expect(run.items('some').map(({ msg }) => msg)).toEqual(['The output is hidden by "no_log".', 'open'])
})

test('no_log: one that cannot be evaluated hides', async () => {
  const run = await play(`
- hosts: a
  vars: { m: {} }
  tasks: [{ name: t, command: echo classified, no_log: "{{ m.x }}" }]
`)
  expect(JSON.stringify(run.events)).not.toContain('classified')
})

test('timeout: ends a task that takes too long, and what it started', async () => {
  const folder = await writeFiles({
    'inventory.yml': 'all: { hosts: { a: { connection: local } } }',
    'site.yml': `
- hosts: a
  tasks:
    - { name: t, shell: 'echo $$ > {{ playbook_dir }}/pid; exec sleep 600', timeout: 1, ignore_errors: true }
    - { name: u, shell: 'grep -q "^State:.[ZX]" "/proc/$(cat {{ playbook_dir }}/pid)/status" || ! kill -0 "$(cat {{ playbook_dir }}/pid)"', retries: 40, delay: 0.1 }
`,
  })
  const run = await playIn(folder)
  expect(run.ended('t')).toMatchObject({ status: 'failed', ignored: true })
  expect(run.said('t')).toContain('1 s')
  expect(run.ended('u').status).toBe('changed')
})

test('timeout: holds for modules of the controller as well', async () => {
  const run = await play('- { hosts: a, tasks: [{ name: t, pause: { seconds: 600 }, timeout: 1 }] }')
  expect(run.ended('t').status).toBe('failed')
})

test('names: rendered, and those of tasks without one are their modules', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'site.yml': `
- hosts: web
  vars: { what: nginx }
  tasks:
    - { name: "Install {{ what }}", debug: { msg: x } }
    - debug: { msg: x }
    - { name: "On {{ r.stdout }}", debug: { msg: x } }
    - { ansible.builtin.command: "true", register: r }
`,
  })
  expect(run.begun).toEqual(['Install nginx', 'debug', 'On {{ r.stdout }}', 'command'])
})

test('step: asks before each task, and not again after "continue"', async () => {
  const text = `
- hosts: a
  tasks: [{ name: one, debug: { msg: x } }, { name: two, debug: { msg: x } }, { name: three, debug: { msg: x } }, { name: four, debug: { msg: x } }]
`
  const run = await play(text, { step: true, answers: ['y', 'n', 'c'] })
  expect(run.log).toEqual(['a one ok', 'a three ok', 'a four ok'])
  expect(run.questions).toHaveLength(3)
})

test('step: what is not run does not notify, register or hold up', async () => {
  const run = await play(
    `
- hosts: a
  tasks: [{ name: one, command: "true", notify: H, register: r }, { name: two, debug: { msg: "{{ defined r }}" } }]
  handlers: [{ name: H, command: "true" }]
`,
    { step: true, answers: ['n', 'y'] },
  )
  expect(run.log).toEqual(['a two ok'])
  expect(run.said('two')).toBe('false')
})

test('start-at-task: begins there, static imports and roles included, by pattern as well', async () => {
  const files = {
    'roles/r/tasks/main.yml':
      '- { name: in role, debug: { msg: x } }\n- { name: in role too, debug: { msg: x } }',
    'more.yml': '- { name: imported, debug: { msg: x } }',
    'site.yml': `
- hosts: a
  roles: [r]
  tasks:
    - { name: one, debug: { msg: x } }
    - import_tasks: more.yml
    - { name: two, debug: { msg: x } }
- hosts: a
  tasks: [{ name: last, debug: { msg: x } }]
`,
  }
  const begun = async (startAtTask: string) => (await play(files, { startAtTask })).begun
  expect(await begun('two')).toEqual(['two', 'last'])
  expect(await begun('imported')).toEqual(['imported', 'two', 'last'])
  expect(await begun('r : in role too')).toEqual(['in role too', 'one', 'imported', 'two', 'last'])
  expect(await begun('las*')).toEqual(['last'])
})

test('start-at-task: a name that no task has is an error before the run', async () => {
  await expect(
    play('- { hosts: a, tasks: [{ name: one, debug: { msg: x } }] }', { startAtTask: 'ones' }),
  ).rejects.toThrow('ones')
})
