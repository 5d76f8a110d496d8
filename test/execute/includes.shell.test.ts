import { expect, test } from 'vitest'
import { play, threeHosts } from '../support/play.ts'

const site = (tasks: string, more = ''): string =>
  `- hosts: all\n  ${more || 'name: p'}\n  tasks:\n${tasks.trim().replace(/^/gm, '    ')}\n`

const say = (name: string, msg = 'hi', more = ''): string =>
  `- { name: "${name}", debug: { msg: "${msg}" }${more} }`

test.each(['include_tasks', 'import_tasks'])('%s takes a file beside the one that names it', async (word) => {
  const run = await play({
    'site.yml': site(`- ${word}: sub/one.yml\n- ${word}: { file: two.yml }`),
    'sub/one.yml': `- ${word}: beside.yml`,
    'sub/beside.yml': say('beside'),
    'two.yml': say('two'),
  })
  expect(run.log).toEqual(['a beside ok', 'a two ok'])
})

test('includes per host what its variables say, hosts that agree together', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'site.yml': site("- include_tasks: \"{{ inventory_hostname == 'b' && 'two' || 'one' }}.yml\"").replace(
      `{{ inventory_hostname == 'b' && 'two' || 'one' }}`,
      '{{ file }}',
    ),
    'host_vars/a.yml': 'file: one',
    'host_vars/b.yml': 'file: two',
    'host_vars/c.yml': 'file: one',
    'one.yml': say('one'),
    'two.yml': say('two'),
  })
  expect(run.log).toEqual(['a one ok', 'c one ok', 'b two ok'])
})

test('evaluates all items first and then runs the files in their order', async () => {
  const run = await play({
    'site.yml': site(
      '- include_tasks: "{{ item }}.yml"\n  loop: [one, two, one]\n  vars: { given: "{{ item }}" }',
    ),
    'one.yml': say('one', '{{ item }} {{ given }}'),
    'two.yml': say('two', '{{ item }} {{ given }}'),
  })
  expect(run.log).toEqual(['a one ok', 'a two ok', 'a one ok'])
  expect(run.said('two')).toBe('two two')
})

test('a loop in an included file has its own variable beside the outer one', async () => {
  const run = await play({
    'site.yml': site(
      '- include_tasks: one.yml\n  loop: [x, y]\n  loop_control: { loop_var: outer, index_var: n }',
    ),
    'one.yml': say('t', '{{ n }}{{ outer }}{{ item }}', ', loop: [1, 2]'),
  })
  expect(run.items('t').map(({ msg }) => msg)).toEqual(['0x1', '0x2', '1y1', '1y2'])
})

test('an inner loop hides the item of the loop around it', async () => {
  const run = await play({
    'site.yml': site('- include_tasks: one.yml\n  loop: [x]'),
    'one.yml': `${say('inner', '{{ item }}', ', loop: [1]')}\n${say('after', '{{ item }}')}`,
  })
  expect(run.items('inner').map(({ msg }) => String(msg))).toEqual(['1'])
  expect(run.said('after')).toBe('x')
})

test('a false condition includes nothing and shows nothing', async () => {
  const run = await play({ 'site.yml': site('- include_tasks: one.yml\n  when: false'), 'one.yml': say('t') })
  expect(run.log).toEqual([])
})

test('keywords of an import hold for each task; the condition is tried at each', async () => {
  const run = await play({
    'site.yml': site(`
- set_fact: { on: true }
- import_tasks: one.yml
  when: on
  vars: { v: 1 }
  environment: { E: e }`),
    'one.yml': `
- { name: first, shell: 'echo $E {{ v }}' }
- set_fact: { on: false }
- { name: second, command: "true" }`,
  })
  expect(run.ended('first').stdout).toBe('e 1')
  expect(run.ended('second').status).toBe('skipped')
})

test('keywords of an include are its own; apply hands them to its tasks', async () => {
  const run = await play({
    'site.yml': site(`
- include_tasks: { file: one.yml, apply: { environment: { E: applied }, ignore_errors: true, vars: { v: 2 } } }
`),
    'one.yml': `- { name: t, shell: 'echo $E {{ v }}; false' }\n${say('next')}`,
  })
  expect(run.ended('t')).toMatchObject({ stdout: 'applied 2', ignored: true })
  expect(run.ended('next').status).toBe('ok')
})

test('variables of an include are gone after it', async () => {
  const run = await play({
    'site.yml': site(`- include_tasks: one.yml\n  vars: { v: 1 }\n${say('after', "{{ default v 'gone' }}")}`),
    'one.yml': say('inside', '{{ v }}'),
  })
  expect([run.said('inside'), run.said('after')]).toEqual(['1', 'gone'])
})

test('includes nest, with loops at each level', async () => {
  const run = await play({
    'site.yml': site('- include_tasks: one.yml\n  loop: [1, 2]\n  loop_control: { loop_var: i }'),
    'one.yml': '- include_tasks: two.yml\n  loop: [a, b]\n  loop_control: { loop_var: j }',
    'two.yml': say('t{{ i }}{{ j }}', '{{ i }}{{ j }}'),
  })
  expect(run.begun).toEqual(['t1a', 't1b', 't2a', 't2b'])
})

test.each([
  ['a file that is missing', '- include_tasks: "{{ f }}.yml"\n  vars: { f: nowhere }', 'include_tasks'],
  ['a role that is missing', '- include_role: { name: "{{ f }}" }\n  vars: { f: nowhere }', 'include_role'],
])('fails a host that names %s', async (_, tasks, name) => {
  const run = await play(site(`${tasks}\n${say('never')}`))
  expect(run.log).toEqual([`a ${name} failed`])
  expect(run.recap.exitCode).toBe(2)
})

const role = (name: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`roles/${name}/${path}`, text]))

test('include_role runs the role with its defaults, vars and parameters', async () => {
  const run = await play({
    ...role('r', {
      'defaults/main.yml': 'd: default\np: default',
      'vars/main.yml': 'v: var',
      'tasks/main.yml': say('t', '{{ d }} {{ v }} {{ p }} {{ role_name }}'),
    }),
    'site.yml': site('- include_role: { name: r }\n  vars: { p: given }'),
  })
  expect(run.said('t')).toBe('default var given r')
  expect(run.ended('t').role).toBe('r')
})

test('include_role takes other files of the role', async () => {
  const run = await play({
    ...role('r', {
      'defaults/other.yml': 'd: other',
      'vars/other.yml': 'v: other',
      'tasks/main.yml': say('main'),
      'tasks/other.yml': `- { name: t, command: "true", notify: H }\n${say('u', '{{ d }} {{ v }}')}`,
      'handlers/other.yml': say('H', 'from other'),
    }),
    'site.yml': site(
      '- include_role: { name: r, tasks_from: other, vars_from: other, defaults_from: other.yml, handlers_from: other }',
    ),
  })
  expect(run.begun).toEqual(['t', 'u', 'H'])
  expect(run.said('u')).toBe('other other')
})

const publicRole = {
  ...role('r', {
    'defaults/main.yml': 'd: default\nweak: default',
    'vars/main.yml': 'v: var\nstrong: var',
    'tasks/main.yml': say('inside', '{{ d }}'),
  }),
  'inventory.yml': threeHosts,
}

test('an included role keeps its variables to itself', async () => {
  const run = await play({
    ...publicRole,
    'site.yml': site(
      `- include_role: { name: r }\n${say('after', "{{ default d 'none' }} {{ default v 'none' }}")}`,
    ),
  })
  expect(run.said('after')).toBe('none none')
})

test('a public one shows its variables to the rest of the play on its hosts', async () => {
  const run = await play({
    ...publicRole,
    'group_vars/all.yml': 'weak: group\nstrong: group',
    'site.yml': `${site(
      `
- include_role: { name: r, public: true }
  when: inventory_hostname != "b"
${say('after', "{{ default d 'none' }} {{ default v 'none' }} {{ weak }} {{ strong }}")}`,
      'vars: { strong: play }',
    )}${site(say('later play', "{{ default d 'none' }}"))}`,
  })
  expect(run.said('after', 'a')).toBe('default var group var')
  expect(run.said('after', 'b')).toBe('none none group play')
  expect(run.said('after', 'c')).toBe('default var group var')
  expect(run.said('later play', 'a')).toBe('none')
})

test('a public role keeps its parameters to itself', async () => {
  const run = await play({
    ...publicRole,
    'site.yml': site(
      `- include_role: { name: r, public: true }\n  vars: { d: given }\n${say('after', '{{ d }}')}`,
    ),
  })
  expect([run.said('inside'), run.said('after')]).toEqual(['given', 'default'])
})

test('import_role shows its variables to the whole play', async () => {
  const run = await play({
    ...publicRole,
    'site.yml': site(`${say('before', '{{ d }} {{ v }}')}\n- import_role: { name: r }`),
  })
  expect(run.said('before')).toBe('default var')
})

test('include_role hands tags, become and variables to the role by apply', async () => {
  const run = await play(
    {
      ...role('r', { 'tasks/main.yml': `${say('t', '{{ v }}')}\n${say('u', 'u', ', tags: other')}` }),
      'site.yml': site(
        '- include_role: { name: r, apply: { tags: [x], vars: { v: 1 } } }\n  tags: [x]\n' +
          say('not this', 'x', ', tags: y'),
      ),
    },
    { tags: ['x'] },
  )
  expect(run.begun).toEqual(['t', 'u'])
})

test('a role that includes itself by a loop of roles is refused or ends, and never hangs', async () => {
  const run = await play({
    ...role('r', {
      'tasks/main.yml':
        '- include_role: { name: r }\n  when: int(n) < 3\n  vars: { n: "{{ next }}", next: "{{ n }}" }',
    }),
    'site.yml': site('- include_role: { name: r }\n  vars: { n: 1 }'),
  }).catch((error: unknown) => String(error))
  expect(typeof run === 'string' || run.recap.exitCode === 2).toBe(true)
})

test('finds files, templates and tasks of the role first, then beside the playbook', async () => {
  const run = await play({
    ...role('r', {
      'tasks/main.yml': `
- { name: f, copy: { src: f.txt, dest: "{{ playbook_dir }}/out/f" } }
- { name: t, template: { src: t.hbs, dest: "{{ playbook_dir }}/out/t" } }
- { name: g, copy: { src: g.txt, dest: "{{ playbook_dir }}/out/g" } }
- { name: s, shell: 'cat {{ playbook_dir }}/out/*' }`,
      'files/f.txt': 'role file\n',
      'templates/t.hbs': 'role {{ inventory_hostname }}\n',
    }),
    'files/f.txt': 'play file\n',
    'files/g.txt': 'play g\n',
    'templates/t.hbs': 'play template\n',
    'out/.keep': '',
    'site.yml': site('- include_role: { name: r }'),
  })
  expect(run.ended('s').stdout).toBe('role file\nplay g\nrole a')
})
