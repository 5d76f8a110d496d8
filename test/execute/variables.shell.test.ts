import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { play, threeHosts } from '../support/play.ts'

const inventory = `
all:
  vars: { connection: local }
  hosts: { lonely: {} }
  children:
    web:
      hosts: { "web1.example.com": { x: 1 }, "web2.example.com": { x: 2 } }
      vars: { role_of_host: web }
    site: { children: { web: {} } }
`

test.each([
  ['inventory_hostname', 'web1.example.com'],
  ['inventory_hostname_short', 'web1'],
  ['group_names', ['site', 'web']],
  ['hostvars["lonely"].group_names', ['ungrouped']],
  ['groups.web', ['web1.example.com', 'web2.example.com']],
  ['groups.ungrouped', ['lonely']],
  ['size(groups.all)', 3],
  ['hostvars["web2.example.com"].x', 2],
  ['hostvars["web2.example.com"].inventory_hostname', 'web2.example.com'],
  ['ansible_play_hosts', ['web1.example.com', 'web2.example.com']],
  ['ansible_play_hosts_all', ['web1.example.com', 'web2.example.com']],
  ['ansible_play_batch', ['web1.example.com']],
  ['ansible_play_name', 'the play'],
  ['basename(playbook_dir)', 'plays'],
  ['basename(inventory_dir)', 'inv'],
  ['basename(inventory_file)', 'hosts.yml'],
  ['role_of_host', 'web'],
  ['ansible_check_mode', false],
  ['ansible_diff_mode', false],
  ['ansible_verbosity', 0],
  ['ansible_limit', null],
  ['ansible_forks', 50],
  ['ansible_connection', 'local'],
  ['connection', 'local'],
  ['defined(ansible_failed_task)', false],
  ['"lonely" in hostvars', true],
  ['"nobody" in hostvars', false],
])('gives %s as %j', async (expression, expected) => {
  const run = await play(
    {
      'inv/hosts.yml': inventory,
      'site.yml': '- import_playbook: plays/site.yml',
      'plays/site.yml': `
- hosts: web
  name: the play
  serial: 1
  tasks:
    - { name: t, debug: { var: '${expression}' }, when: inventory_hostname == "web1.example.com" }
`,
    },
    { inventory: 'inv/hosts.yml' },
  )
  expect(Object.values(run.ended('t', 'web1.example.com').data ?? {})).toEqual([expected])
})

test('shows registered results and facts of other hosts', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'site.yml': `
- hosts: all
  tasks:
    - { command: "echo {{ inventory_hostname }}", register: r }
    - { set_fact: { mine: "{{ inventory_hostname }}" } }
    - name: t
      debug: { msg: "{{ hostvars.b.r.stdout }} {{ hostvars.c.mine }} {{ hostvars.b.facts.hostname }}" }
`,
  })
  expect(run.said('t')).toBe(`b c ${hostname()}`)
})

test('a variable may ask all hosts for one that few of them have', async () => {
  const run = await play({
    'inventory.yml': 'all: { vars: { connection: local }, hosts: { a: , b: { vm: { id: 1 } } } }',
    'site.yml': `
- hosts: a
  vars: { those: !expr "groups.all.filter(h, defined(hostvars[h].vm.id))" }
  tasks: [{ name: t, debug: { msg: "{{ to_json those }}" } }]
`,
  })
  expect(run.said('t')).toBe('["b"]')
})

test('fails a task that needs facts of a host that cannot be asked', async () => {
  const run = await play(
    {
      'inventory.yml': threeHosts,
      'site.yml': '- { hosts: a, tasks: [{ name: t, debug: { msg: "{{ hostvars.b.facts.hostname }}" } }] }',
    },
    { unreachable: ['b'] },
  )
  expect(run.log).toEqual(['a t failed'])
  expect(run.said('t')).toContain('The facts of b cannot be read')
})

test('keeps what was set and registered for later plays, and drops variables of a play', async () => {
  const run = await play(`
- hosts: a
  vars: { of_play: 1 }
  tasks:
    - { command: echo out, register: r }
    - { set_fact: { kept: 2 } }
- hosts: a
  tasks: [{ name: t, debug: { msg: "{{ default of_play '-' }} {{ r.stdout }} {{ kept }}" } }]
`)
  expect(run.said('t')).toBe('- out 2')
})

test('keeps the types of variables and of whole expressions', async () => {
  const run = await play(`
- hosts: a
  vars: { n: 80, b: true, l: [1, two], m: { k: null } }
  tasks:
    - { set_fact: { n2: "{{ n }}", b2: "{{ b }}", l2: "{{ l }}", m2: "{{ m }}", text: "{{ n }}/tcp" } }
    - { name: t, debug: { msg: "{{ to_json l2 }} {{ text }}" }, when: "n2 == 80 && b2 && l2[0] == 1 && m2.k == null" }
`)
  expect(run.said('t')).toBe('[1,"two"] 80/tcp')
})

test('never renders again what came from a host', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - { command: "printf %s '\\\\{{ boom }}'", register: r }
    - { set_fact: { x: "{{ r.stdout }}" } }
    - { name: t, debug: { msg: "<{{ x }}>" } }
`)
  expect(run.said('t')).toBe('<{{ boom }}>')
})

test('renders variables lazily, per host, where they are used', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'group_vars/all.yml': 'greeting: "hello {{ whom }}"\nbroken: "{{ hostvars.nobody.x }}"',
    'site.yml': `
- hosts: web
  vars: { whom: "{{ inventory_hostname }}{{ default suffix '' }}" }
  tasks:
    - { name: t, debug: { msg: "{{ greeting }}" } }
    - { name: u, debug: { msg: "{{ greeting }}" }, vars: { suffix: "!" } }
`,
  })
  expect([run.said('t', 'a'), run.said('t', 'b'), run.said('u', 'a')]).toEqual([
    'hello a',
    'hello b',
    'hello a!',
  ])
})

test('a variable that is defined by itself fails with its name', async () => {
  const run = await play(`
- hosts: a
  vars: { x: "{{ y }}", y: "{{ x }}" }
  tasks: [{ name: t, debug: { msg: "{{ x }}" } }]
`)
  expect(run.said('t')).toMatch(/The variable "[xy]" is defined by itself/)
})

test('a name that only other hosts have fails on this one and can be rescued', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'host_vars/b.yml': 'only_b: 1',
    'site.yml': '- { hosts: web, tasks: [{ name: t, debug: { msg: "{{ only_b }}" } }] }',
  })
  expect(run.log).toEqual(['a t failed', 'b t ok'])
  expect(run.said('t', 'a')).toContain('"only_b" is not defined')
})

test('include_vars: a file, a folder, under a name; they stay for later plays and are rendered where used', async () => {
  const run = await play({
    'vars/one.yml': 'x: "{{ inventory_hostname }} {{ late }}"',
    'settings/a.yml': 'p: 1\nq: a',
    'settings/b.yml': 'q: b',
    'settings/ignored.txt': 'p: 9',
    'site.yml': `
- hosts: a
  tasks:
    - include_vars: one.yml
    - include_vars: { dir: settings }
    - include_vars: { file: one.yml, name: boxed }
    - { name: t, debug: { msg: "{{ x }} {{ p }}{{ q }} {{ boxed.x }}" }, vars: { late: now } }
- hosts: a
  tasks: [{ name: u, debug: { msg: "{{ q }}" } }]
`,
  })
  expect(run.said('t')).toBe('a now 1b a now')
  expect(run.said('u')).toBe('b')
})

test('vars_files: with variables in their names, and the first of a list that exists', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'vars/a.yml': 'x: from a',
    'vars/default.yml': 'x: default',
    'host_vars/a.yml': 'os: a',
    'host_vars/b.yml': 'os: unknown',
    'site.yml': `
- hosts: web
  vars_files: [["vars/{{ os }}.yml", vars/default.yml]]
  tasks: [{ name: t, debug: { msg: "{{ x }}" } }]
`,
  })
  expect([run.said('t', 'a'), run.said('t', 'b')]).toEqual(['from a', 'default'])
})

test('add_host: hosts, groups and variables are there for the next task and play', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - { name: add, add_host: { name: "new{{ item }}", groups: [fresh, extra], connection: local, n: "{{ item }}" }, loop: [1, 2] }
    - { name: now, debug: { msg: "{{ join groups.fresh ',' }} {{ hostvars.new2.n }}" } }
- hosts: fresh
  tasks: [{ name: t, debug: { msg: "{{ n }} {{ join group_names ',' }}" } }]
`)
  expect(run.said('now')).toBe('new1,new2 2')
  expect([run.said('t', 'new1'), run.said('t', 'new2')]).toEqual(['1 extra,fresh', '2 extra,fresh'])
})

test('group_by: puts each host into a group named by its variables', async () => {
  const run = await play({
    'inventory.yml': threeHosts,
    'group_vars/os_two.yml': 'os_only: yes',
    'site.yml': `
- hosts: all
  tasks: [{ group_by: { key: "os_{{ inventory_hostname == 'b' }}" , parents: [systems] } }]
- hosts: systems:!os_false
  tasks: [{ name: t, debug: { msg: "{{ join group_names ',' }}" } }]
`
      .replace(`os_{{ inventory_hostname == 'b' }}`, '{{ kind }}')
      .replace('os_false', 'one'),
    'host_vars/a.yml': 'kind: one',
    'host_vars/b.yml': 'kind: two',
    'host_vars/c.yml': 'kind: one',
  })
  expect(run.log.at(-1)).toBe('b t ok')
  expect(run.said('t', 'b')).toBe('systems,two,web')
})

test.each([
  [['x=5'], '6'],
  [['x=5 y=2'], '6'],
  [['{"x": 5}'], '6'],
  [['x=1', 'x=5'], '6'],
])('-e %j is typed like YAML, the later winning', async (extraVars, expected) => {
  const run = await play(
    '- { hosts: a, vars: { x: 0 }, tasks: [{ name: t, debug: { msg: "{{ sum l }}" }, vars: { l: ["{{ x }}", 1] } }] }',
    { extraVars },
  )
  expect(run.said('t')).toBe(expected)
})

const prompting = `
- hosts: a
  vars_prompt:
    - { name: user, prompt: Who, private: false }
    - { name: word, prompt: Password, confirm: true }
    - { name: size, prompt: Size, default: small, private: false }
  tasks: [{ name: t, debug: { msg: "{{ user }} {{ word }} {{ size }}" } }]
`

test('vars_prompt: asks, confirms, and takes the default for an empty answer', async () => {
  const run = await play(prompting, { answers: ['amy', 'one', 'two', 'pass', 'pass', ''] })
  expect(run.said('t')).toBe('amy pass small')
  expect(run.questions).toEqual([
    'Who: ',
    'Password: ',
    'confirm Password: ',
    'Password: ',
    'confirm Password: ',
    'Size [small]: ',
  ])
})

test('vars_prompt: does not ask for what -e gives', async () => {
  const run = await play(prompting, { extraVars: ['user=x word=y size=z'] })
  expect(run.said('t')).toBe('x y z')
})

test('vars_prompt: without a terminal and a default it cannot run', async () => {
  await expect(play(prompting)).rejects.toThrow('asks for "user"')
})

test('a literal that reads a fact gets it, wherever it is first read', async () => {
  const run = await play(`
- hosts: a
  vars: { where: "{{ facts.hostname }}" }
  tasks:
    - { name: t, debug: { msg: "{{ where }}" }, when: facts.os.kernel != "" }
`)
  expect(run.said('t')).toBe(hostname())
})

test('gather_facts: false refuses facts before the run', async () => {
  await expect(
    play('- { hosts: a, gather_facts: false, tasks: [{ debug: { msg: "{{ facts.hostname }}" } }] }'),
  ).rejects.toThrow('facts')
})

test('omit leaves an argument out', async () => {
  const run = await play(`
- hosts: a
  tasks:
    - name: t
      copy: { dest: "{{ playbook_dir }}/f", content: x, mode: "{{ default nothing omit }}" }
    - { name: u, shell: 'ls {{ playbook_dir }}/f' }
`)
  expect(run.log).toEqual(['a t changed', 'a u changed'])
})
