import { expect, test } from 'vitest'
import { play, threeHosts, wrongWith } from '../support/play.ts'

const touch = (name: string, notify: string, more = ''): string =>
  `- { name: ${name}, command: "true", notify: ${notify}${more} }`

interface Case {
  readonly tasks: readonly string[]
  readonly handlers: readonly string[]
  /** Names of what ran, in order; handlers in upper case by convention of these cases. */
  readonly ran: readonly string[]
  readonly play?: string
}

const cases: Readonly<Record<string, Case>> = {
  'runs them once, in the order of definition, after the tasks': {
    tasks: [touch('t1', 'H2'), touch('t2', '[H1, H2]'), '- { name: t3, command: "true" }'],
    handlers: ['H1', 'H2', 'H3'],
    ran: ['t1', 't2', 't3', 'H1', 'H2'],
  },
  'does not notify from a task that changed nothing': {
    tasks: [touch('t1', 'H1', ', changed_when: false'), touch('t2', 'H1', ', when: false')],
    handlers: ['H1'],
    ran: ['t1', 't2'],
  },
  'runs what is notified before a flush there, and again when notified later': {
    tasks: [
      touch('t1', 'H1'),
      '- meta: flush_handlers',
      touch('t2', 'H1'),
      '- { name: t3, command: "true" }',
    ],
    handlers: ['H1'],
    ran: ['t1', 'H1', 't2', 't3', 'H1'],
  },
  'fans a topic out in the order of definition': {
    tasks: [touch('t1', 'topic')],
    handlers: ['H1', 'H2|topic', 'H3|topic'],
    ran: ['t1', 'H2', 'H3'],
  },
  'takes a text as a name and as a topic': {
    tasks: [touch('t1', 'both')],
    handlers: ['H1|both', 'both'],
    ran: ['t1', 'H1', 'both'],
  },
  'lets a handler notify a later one': {
    tasks: [touch('t1', 'H1')],
    handlers: ['H1>H2', 'H2'],
    ran: ['t1', 'H1', 'H2'],
  },
  'lets a handler notify an earlier one': {
    tasks: [touch('t1', 'H2')],
    handlers: ['H1', 'H2>H1', 'H3'],
    ran: ['t1', 'H2', 'H1'],
  },
  'runs two that notify each other twice each': {
    tasks: [touch('t1', 'H1')],
    handlers: ['H1>H2', 'H2>H1'],
    ran: ['t1', 'H1', 'H2', 'H1', 'H2'],
  },
  'notifies from a block for each of its tasks': {
    tasks: ['- notify: H1\n  block: [{ name: t1, command: "true" }, { name: t2, debug: { msg: x } }]'],
    handlers: ['H1'],
    ran: ['t1', 't2', 'H1'],
  },
  'notifies when any item of a loop changed': {
    tasks: [touch('t1', 'H1', ', loop: [1, 2], changed_when: item == 2')],
    handlers: ['H1'],
    ran: ['t1', 'H1'],
  },
  'does not notify when no item changed': {
    tasks: [touch('t1', 'H1', ', loop: [1, 2], changed_when: item == 3')],
    handlers: ['H1'],
    ran: ['t1'],
  },
  'takes the name from a variable': {
    tasks: [touch('t1', '"{{ which }}"')],
    handlers: ['H1', 'H2'],
    ran: ['t1', 'H2'],
    play: 'vars: { which: H2 }',
  },
  'loses them for a host that fails': {
    tasks: [touch('t1', 'H1'), '- { name: t2, command: "false" }'],
    handlers: ['H1'],
    ran: ['t1', 't2'],
  },
  'runs them on a failed host when forced': {
    tasks: [touch('t1', 'H1'), '- { name: t2, command: "false" }'],
    handlers: ['H1'],
    ran: ['t1', 't2', 'H1'],
    play: 'force_handlers: true',
  },
  'does not notify from a task that failed': {
    tasks: [touch('t1', 'H1', ', failed_when: true, ignore_errors: true')],
    handlers: ['H1'],
    ran: ['t1'],
  },
}

test.each(Object.entries(cases))('%s', async (_, { tasks, handlers, ran, play: more = 'name: p' }) => {
  const run = await play(
    `- hosts: a\n  ${more}\n  tasks:\n${tasks.join('\n').replace(/^/gm, '    ')}\n  handlers:\n${handlers.map(handler).join('\n')}`,
  )
  expect(run.log.map((line) => line.split(' ')[1])).toEqual(ran)
})

/** `name|topic>notifies`. */
function handler(text: string): string {
  const [named = '', notifies] = text.split('>')
  const [name, topic] = named.split('|')
  return `    - { name: ${name}, command: "true"${topic ? `, listen: ${topic}` : ''}${notifies ? `, notify: ${notifies}` : ''} }`
}

test('flushes after pre_tasks, after roles and tasks, and after post_tasks', async () => {
  const run = await play({
    'roles/r/tasks/main.yml': touch('role', 'H'),
    'site.yml': `
- hosts: a
  pre_tasks: [{ name: pre, command: "true", notify: H }]
  roles: [r]
  tasks: [{ name: task, command: "true", notify: H }]
  post_tasks: [{ name: post, command: "true", notify: H }]
  handlers: [{ name: H, command: "true" }]
`,
  })
  expect(run.begun).toEqual(['pre', 'H', 'role', 'task', 'H', 'post', 'H'])
})

test('runs a handler only on the hosts that notified it', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'site.yml': `
- hosts: all
  tasks: [{ name: t, command: "true", changed_when: inventory_hostname != "b", notify: H }]
  handlers: [{ name: H, debug: { msg: hi } }]
`,
  })
  expect(run.log.slice(3)).toEqual(['a H ok', 'c H ok'])
})

const twoRoles = {
  'roles/r1/handlers/main.yml': '- { name: restart, debug: { msg: r1 } }',
  'roles/r2/handlers/main.yml': '- { name: restart, debug: { msg: r2 } }',
}

test.each([
  ["a role's own handler", { 'roles/r1/tasks/main.yml': touch('t', 'restart') }, 'r1'],
  ["another role's by its full name", { 'roles/r1/tasks/main.yml': touch('t', '"r2 : restart"') }, 'r2'],
  ['the last one for tasks of the play', { 'roles/r1/tasks/main.yml': '[]' }, 'r2'],
])('picks %s', async (what, files, expected) => {
  const own = what.startsWith('the last')
  const run = await play({
    ...twoRoles,
    'roles/r2/tasks/main.yml': '[]',
    ...files,
    'site.yml': `
- hosts: a
  roles: [r1, r2]
  tasks: ${own ? '[{ name: t, command: "true", notify: restart }]' : '[]'}
`,
  })
  expect(run.log).toHaveLength(2)
  expect(run.said('restart')).toBe(expected)
})

test('brings the handlers of an included role along, for its tasks and for later ones', async () => {
  const run = await play({
    'roles/late/tasks/main.yml': touch('inside', 'restart'),
    'roles/late/handlers/main.yml': '- { name: restart, debug: { msg: restarted } }',
    'site.yml': `
- hosts: a
  tasks:
    - include_role: { name: late }
    - meta: flush_handlers
    - { name: outside, command: "true", notify: restart }
`,
  })
  expect(run.log).toEqual(['a inside changed', 'a restart ok', 'a outside changed', 'a restart ok'])
})

test('lets a handler include a file of tasks', async () => {
  const run = await play({
    'more.yml': '- { name: m1, debug: { msg: hi } }\n- { name: m2, debug: { msg: hi } }',
    'site.yml': `
- hosts: a
  tasks: [{ name: t, command: "true", notify: H }]
  handlers: [{ name: H, include_tasks: more.yml }]
`,
  })
  expect(run.log).toEqual(['a t changed', 'a m1 ok', 'a m2 ok'])
})

test('runs a handler with run_once on one host', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'site.yml': `
- hosts: all
  tasks: [{ name: t, command: "true", notify: H }]
  handlers: [{ name: H, debug: { msg: hi }, run_once: true }]
`,
  })
  expect(run.log.filter((line) => line.includes(' H '))).toEqual(['a H ok'])
})

test('runs a handler under each of its conditions and loops', async () => {
  const run = await play(`
- hosts: a
  tasks: [{ name: t, command: "true", notify: [H1, H2] }]
  handlers:
    - { name: H1, debug: { msg: hi }, when: false }
    - { name: H2, debug: { msg: "{{ item }}" }, loop: [1, 2] }
`)
  expect(run.log).toEqual(['a t changed', 'a H1 skipped', 'a H2 ok'])
  expect(run.items('H2')).toHaveLength(2)
})

test('a failed handler fails the host and later handlers do not run', async () => {
  const run = await play(`
- hosts: a
  tasks: [{ name: t, command: "true", notify: [H1, H2] }]
  handlers: [{ name: H1, command: "false" }, { name: H2, command: "true" }]
- hosts: a
  tasks: [{ name: later, command: "true" }]
`)
  expect(run.log).toEqual(['a t changed', 'a H1 failed'])
  expect(run.recap).toMatchObject({ exitCode: 2, pendingHandlers: { a: ['H2'] } })
})

test('remembers what a failed host had been notified of', async () => {
  const run = await play({
    'roles/r/tasks/main.yml': `${touch('t', 'restart')}\n- command: "false"`,
    'roles/r/handlers/main.yml': '- { name: restart, command: "true" }',
    'site.yml': '- { hosts: a, roles: [r] }',
  })
  expect(run.recap.pendingHandlers).toEqual({ a: ['r : restart'] })
})

test('remembers handlers of an included role by their name as well', async () => {
  const run = await play({
    'roles/r/tasks/main.yml': `${touch('t', 'restart')}\n- command: "false"`,
    'roles/r/handlers/main.yml': '- { name: restart, command: "true" }',
    'site.yml': '- { hosts: a, tasks: [{ include_role: { name: r } }] }',
  })
  expect(run.recap.pendingHandlers).toEqual({ a: ['r : restart'] })
})

test('runs what an earlier run left pending', async () => {
  const run = await play(
    {
      'inventory.yml': threeHosts,
      'site.yml': `
- hosts: web
  tasks: [{ name: t, debug: { msg: hi } }]
  handlers: [{ name: H1, debug: { msg: hi } }, { name: H2, debug: { msg: hi } }]
`,
    },
    { pendingHandlers: { b: ['H2'], gone: ['H1'] } },
  )
  expect(run.log).toEqual(['a t ok', 'b t ok', 'b H2 ok'])
})

test('ignores tags for handlers', async () => {
  const run = await play(
    `
- hosts: a
  tasks:
    - { name: t, command: "true", notify: H, tags: x }
    - { name: other, command: "true", tags: y }
  handlers: [{ name: H, command: "true" }]
`,
    { tags: ['x'] },
  )
  expect(run.begun).toEqual(['t', 'H'])
})

test.each([
  ['an unknown name', touch('t', 'nothing'), 'unknown-handler'],
  ['two of one name in one list', touch('t', 'H'), 'duplicate-handler'],
])('finds %s before the run', async (what, task, code) => {
  const twice = what.startsWith('two') ? '[{ name: H, ping: }, { name: H, ping: }]' : '[{ name: H, ping: }]'
  const wrong = await wrongWith(`- hosts: a\n  tasks:\n    ${task}\n  handlers: ${twice}`)
  expect(wrong.join()).toContain(code)
})

test('shows handlers as such', async () => {
  const run = await play(`
- hosts: a
  tasks: [{ name: t, command: "true", notify: H }]
  handlers: [{ name: H, command: "true" }]
`)
  expect(run.ended('t').handler).toBe(false)
  expect(run.ended('H').handler).toBe(true)
})
