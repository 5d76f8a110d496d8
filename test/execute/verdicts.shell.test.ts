import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { play } from '../support/play.ts'

const one = (task: string): string => `
- hosts: a
  tasks:
    - name: t
      register: r
${task
  .trim()
  .split('\n')
  .map((line) => `      ${line}`)
  .join('\n')}
    - name: after
      debug: { msg: "{{ to_json r }}" }
`

test.each([
  ['changed_when: false', 'command: "true"\nchanged_when: false', 'ok'],
  ['changed_when on its own result', 'command: echo new\nchanged_when: r.stdout == "new"', 'changed'],
  ['a list of changed_when is an AND', 'command: echo x\nchanged_when: [r.rc == 0, r.stdout == "y"]', 'ok'],
  ['failed_when on its own result', 'command: echo ERROR\nfailed_when: r.stdout == "ERROR"', 'failed'],
  [
    'a list of failed_when is an AND',
    'command: echo x\nfailed_when: [r.rc == 0, r.stdout == "y"]',
    'changed',
  ],
  ['failed_when: false', 'command: sh -c "exit 4"\nfailed_when: false', 'changed'],
  ['failed_when accepts exit codes', 'command: sh -c "exit 4"\nfailed_when: "!(r.rc in [0, 4])"', 'changed'],
  ['failed_when: true', 'command: "true"\nfailed_when: true', 'failed'],
  ['the exit code', 'command: sh -c "exit 4"', 'failed'],
  ['a false condition', 'command: "true"\nwhen: 1 > 2', 'skipped'],
  ['a list of conditions is an AND', 'command: "true"\nwhen: [1 < 2, 1 > 2]', 'skipped'],
  ['a condition that errs', 'command: "true"\nwhen: r2.x\nvars: { r2: {} }', 'failed'],
  ['a changed_when that errs', 'command: "true"\nchanged_when: r.nothing == 1', 'failed'],
  ['a condition that is not boolean', 'command: "true"\nwhen: word\nvars: { word: abc }', 'failed'],
])('judges a task: %s', async (_, task, status) => {
  expect((await play(one(task)).then((run) => run.ended('t'))).status).toBe(status)
})

test('failed_when: false keeps the exit code in the result', async () => {
  const run = await play(one('command: sh -c "exit 4"\nfailed_when: false'))
  expect(JSON.parse(run.said('after') ?? '')).toMatchObject({
    rc: 4,
    failed: false,
    failed_when_result: false,
  })
})

test('failed_when: false also forgives a module that could not do its work', async () => {
  const run = await play(one('slurp: { src: /nonexistent/x }\nfailed_when: false'))
  expect(run.ended('t').status).toBe('ok')
  expect(JSON.parse(run.said('after') ?? '')).toMatchObject({ failed: false })
})

test('registers the result of a skipped task', async () => {
  const run = await play(one('command: "true"\nwhen: false'))
  expect(JSON.parse(run.said('after') ?? '')).toEqual({
    changed: false,
    failed: false,
    skipped: true,
    skip_reason: 'The condition "false" is false.',
  })
})

test('renders nothing of a skipped task', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - { name: set, set_fact: { only_b: 1 }, when: inventory_hostname == "b" }
    - { name: t, debug: { msg: "{{ only_b }}" }, when: inventory_hostname == "b" }
`)
  expect(run.log).toEqual(['a set skipped', 'a t skipped'])
})

test.each([
  [4, 5],
  [0, 1],
  [1, 2],
])('with retries: %i a task that never succeeds runs %i times', async (retries, attempts) => {
  const run = await play({
    'site.yml': one(
      `shell: "echo x >> {{ playbook_dir }}/count; false"\nuntil: r.rc == 0\nretries: ${retries}\ndelay: 0\nignore_errors: true`,
    ),
  })
  expect(run.ended('t')).toMatchObject({ status: 'failed', attempts, ignored: true })
  expect(JSON.parse(run.said('after') ?? '')).toMatchObject({ attempts, failed: true })
})

test('stops retrying as soon as the condition holds', async () => {
  const run = await play(
    one(
      'shell: "echo x >> {{ playbook_dir }}/count; wc -l < {{ playbook_dir }}/count"\nuntil: int(r.stdout) >= 3\nretries: 10\ndelay: 0',
    ),
  )
  expect(run.ended('t')).toMatchObject({ status: 'changed', attempts: 3 })
})

test('retries three times when only until is given', async () => {
  const run = await play(one('command: "false"\nuntil: r.rc == 0\ndelay: 0'))
  expect(run.ended('t')).toMatchObject({ status: 'failed', attempts: 4 })
})

test('retries alone means until it succeeds', async () => {
  const run = await play(
    one(
      'shell: "echo x >> {{ playbook_dir }}/count; [ $(wc -l < {{ playbook_dir }}/count) -ge 2 ]"\nretries: 5\ndelay: 0',
    ),
  )
  expect(run.ended('t')).toMatchObject({ status: 'changed', attempts: 2 })
})

test('fails when the condition never holds although the command succeeds', async () => {
  const run = await play(one('command: echo no\nuntil: r.stdout == "yes"\nretries: 1\ndelay: 0'))
  expect(run.ended('t')).toMatchObject({
    status: 'failed',
    msg: 'The condition of "until" did not hold after 2 attempts.',
  })
})

test('judges each attempt by failed_when and looks at the final one only', async () => {
  const run = await play(
    one(
      'shell: "echo x >> {{ playbook_dir }}/count; wc -l < {{ playbook_dir }}/count"\nfailed_when: int(r.stdout) < 2\nuntil: "!r.failed"\nretries: 3\ndelay: 0',
    ),
  )
  expect(run.ended('t')).toMatchObject({ status: 'changed', attempts: 2 })
})

test('retries each item of a loop on its own', async () => {
  const run = await play(
    one(
      'shell: "echo x >> {{ playbook_dir }}/{{ item }}; [ $(wc -l < {{ playbook_dir }}/{{ item }}) -ge {{ item }} ]"\nloop: [1, 3]\nuntil: r.rc == 0\nretries: 5\ndelay: 0',
    ),
  )
  expect(run.items('t').map(({ attempts }) => attempts)).toEqual([1, 3])
})

test('asks the host again at each attempt', async () => {
  const run = await play(
    {
      'site.yml': `
- hosts: a
  tasks:
    - name: t
      stat: { path: "{{ playbook_dir }}/flag" }
      register: r
      until: r.stat.exists
      retries: 200
      delay: 0.01
`,
    },
    {
      onEvent: (event) => {
        if (event.type === 'progress')
          writeFileSync(join(dirname(event.source.split(':')[0] ?? ''), 'flag'), '')
      },
    },
  )
  expect(run.ended('t').status).toBe('ok')
  expect(run.ended('t').attempts).toBeLessThan(200)
})

test('counts an ignored failure as ok and ignored, and registers it as failed', async () => {
  const run = await play(one('command: "false"\nignore_errors: true'))
  expect(run.recap).toMatchObject({ exitCode: 0, hosts: { a: { ok: 2, ignored: 1, failed: 0 } } })
  expect(JSON.parse(run.said('after') ?? '')).toMatchObject({ failed: true, rc: 1 })
})

test('takes ignore_errors from a variable', async () => {
  const run = await play(one('command: "false"\nignore_errors: "{{ lenient }}"\nvars: { lenient: "yes" }'))
  expect(run.ended('t').ignored).toBe(true)
})

test('ignores an unreachable host when told so, and goes on', async () => {
  const run = await play(one('command: "true"\nignore_unreachable: true'), { unreachable: ['a'] })
  expect(run.log).toEqual(['a t unreachable', 'a after ok'])
  expect(run.recap).toMatchObject({ exitCode: 0, hosts: { a: { ok: 2, ignored: 1, unreachable: 0 } } })
  expect(JSON.parse(run.said('after') ?? '')).toMatchObject({ unreachable: true, failed: false })
})

test('ignore_errors does not ignore that a host is unreachable', async () => {
  const run = await play(one('command: "true"\nignore_errors: true'), { unreachable: ['a'] })
  expect(run.recap).toMatchObject({ exitCode: 3, hosts: { a: { unreachable: 1 } } })
})

test.each([
  ['changed(r)', true],
  ['succeeded(r)', true],
  ['failed(r)', false],
  ['skipped(r)', false],
  ['unreachable(r)', false],
  ['r.changed', true],
  ['r.rc == 0 && size(r.stdout_lines) == 2', true],
])('answers %s of a registered result', async (expression, expected) => {
  const run = await play(`
- hosts: a
  tasks:
    - { command: printf 'x\\ny', register: r }
    - { name: t, debug: { msg: hi }, when: "${expression}" }
`)
  expect(run.ended('t').status).toBe(expected ? 'ok' : 'skipped')
})
