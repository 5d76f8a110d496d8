import { describe, expect, test } from 'vitest'
import { listHosts, listTags, listTasks } from '#compile/list-program.ts'
import { modulesUsed } from '#compile/modules-used.ts'
import { omit } from '#model/omit.ts'
import { compileFiles, lookupOf, programOf } from '../support/compile.ts'
import { onlyPlay, outline, stepsOf, tasksOf } from '../support/outline.ts'
import { projectOf } from '../support/project.ts'

const tasks = (text: string): string =>
  `- hosts: web\n  tasks:\n${text.replace(/^\n/, '').replace(/^/gm, '    ')}`

const onlyTask = (text: string) => {
  const [task] = tasksOf(programOf(tasks(text)))
  if (!task) throw new Error('The test has no task.')
  return task
}

describe('arguments', () => {
  test.each<[string, string, unknown]>([
    ['as a mapping', '- apt: {name: nginx, state: present}', { name: 'nginx', state: 'present' }],
    ['in one line', '- apt: name=nginx state=present', { name: 'nginx', state: 'present' }],
    ['with quotes', `- copy: dest=/x content="a b 'c'"`, { dest: '/x', content: "a b 'c'" }],
    ['numbers in one line', '- apt: cache_valid_time=60', { cache_valid_time: 60 }],
    ['by their aliases', '- file: {dest: /x}', { path: '/x' }],
    ['by aliases in one line', '- apt: pkg=x', { name: 'x' }],
    ['below args', '- copy: {dest: /x}\n  args: {dest: /y, content: z}', { dest: '/x', content: 'z' }],
    ['free-form', '- command: ls -l "a b"', { cmd: 'ls -l "a b"' }],
    ['free-form with arguments', '- command: touch /x creates=/x', { cmd: 'touch /x', creates: '/x' }],
    ['free-form with arguments first', '- command: creates=/x touch /x', { cmd: 'touch /x', creates: '/x' }],
    ['free-form with arguments amid', '- command: touch creates=/x /x', { cmd: 'touch /x', creates: '/x' }],
    ['free-form with other pairs', '- command: dd if=/dev/zero of=/x', { cmd: 'dd if=/dev/zero of=/x' }],
    ['free-form with args', '- command: ls\n  args: {chdir: /tmp}', { cmd: 'ls', chdir: '/tmp' }],
    ['text of debug', '- debug: a msg=b', { msg: 'a msg=b' }],
    ['text that names its argument', '- debug: msg="a b" verbosity=1', { msg: 'a b', verbosity: 1 }],
    ['a command that names it', '- command: cmd=x ls', { cmd: 'cmd=x ls' }],
    ['free-form over lines', '- command: |\n    a\n    b', { cmd: 'a\nb\n' }],
    ['free-form as a list', '- command: {argv: [a, b]}', { argv: ['a', 'b'] }],
    ['action in one line', '- action: copy dest=/x content=y', { dest: '/x', content: 'y' }],
    ['action as a mapping', '- action: {module: copy, dest: /x}', { dest: '/x' }],
    ['action with free form', '- action: command ls -l creates=/x', { cmd: 'ls -l', creates: '/x' }],
    ['nothing', '- setup:', {}],
    ['templates', '- apt: name={{ pkg }} state=present', { name: 'nginx', state: 'present' }],
    ['a template with spaces and quotes', `- copy: dest={{ default nosuch '/a b' }}`, { dest: '/a b' }],
    ['all in one template', '- apt: "{{ args }}"', { name: 'x' }],
    ['some in a template', '- copy: {dest: /x}\n  args: "{{ more }}"', { dest: '/x', content: 'y' }],
    ['names that are templates', '- set_fact: {"{{ pkg }}_port": 80}', { nginx_port: 80 }],
    ['left out by omit', '- copy: {dest: /x, src: "{{ omit }}"}', { dest: '/x' }],
  ])('%s', (_, text, expected) => {
    const extraVars = 'pkg: nginx\nargs: {pkg: x}\nmore: {content: y, dest: /y}'
    const [task] = tasksOf(programOf(tasks(text), { extraVars }))
    const lookup = lookupOf({ pkg: 'nginx', args: { pkg: 'x' }, more: { content: 'y', dest: '/y' }, omit })
    expect(task?.args.render(lookup)).toEqual(expected)
  })

  test('conditions and expressions arrive with their text and outcome', () => {
    const task = onlyTask('- assert: {that: [inventory_hostname == "x", role_name]}')
    expect(task.args.render(lookupOf({ inventory_hostname: 'x', role_name: 'r' }))).toEqual({
      that: [
        { text: 'inventory_hostname == "x"', value: true },
        { text: 'role_name', value: 'r' },
      ],
    })
    const debug = onlyTask('- debug: {var: inventory_hostname}')
    expect(debug.args.render(lookupOf({ inventory_hostname: 'x' }))).toEqual({
      var: { text: 'inventory_hostname', value: 'x' },
    })
  })

  test('a module has one name, whatever a task calls it', () => {
    expect(onlyTask('- ansible.builtin.systemd: {name: x}').module).toBe('service')
  })

  test('local_action runs on the controller', () => {
    const task = onlyTask('- local_action: command ls')
    expect(task.keywords.delegateTo?.render(lookupOf())).toBe('localhost')
  })

  test('module_defaults count for what must be given', () => {
    const program = programOf(
      '- hosts: web\n  module_defaults: {copy: {dest: /x}}\n  tasks:\n    - copy: {content: a}\n',
    )
    const [task] = tasksOf(program)
    expect(task?.keywords.moduleDefaults[0]?.get('copy')?.render(lookupOf())).toEqual({ dest: '/x' })
  })
})

describe('loops', () => {
  const run = (text: string) => {
    const { loop } = onlyTask(`- command: ls\n${text.replace(/^/gm, '  ')}`)
    const over = loop?.over.render(
      lookupOf({ groups: { web: [1, 2] }, hostvars: { a: 1 }, group_names: [{ n: 1, l: [3, 4] }] }),
    )
    return loop?.flatten && Array.isArray(over) ? over.flat(1) : over
  }
  test.each<[string, string, unknown]>([
    ['a list', 'loop: [1, [2]]', [1, [2]]],
    ['an expression', 'loop: groups.web', [1, 2]],
    ['a template', 'loop: "{{ groups.web }}"', [1, 2]],
    ['with_items', 'with_items: [1, [2, [3]]]', [1, 2, [3]]],
    ['with_items of one', 'with_items: a', ['a']],
    ['with_items of a template', 'with_items: "{{ groups.web }}"', [1, 2]],
    ['with_list', 'with_list: [1, [2]]', [1, [2]]],
    ['with_dict', 'with_dict: "{{ hostvars }}"', [{ key: 'a', value: 1 }]],
    [
      'with_nested',
      'with_nested: [[a, b], [1, 2]]',
      [
        ['a', 1],
        ['a', 2],
        ['b', 1],
        ['b', 2],
      ],
    ],
    [
      'with_together',
      'with_together: [[a, b], [1]]',
      [
        ['a', 1],
        ['b', null],
      ],
    ],
    [
      'with_subelements',
      'with_subelements: ["{{ group_names }}", l]',
      [
        [{ n: 1, l: [3, 4] }, 3],
        [{ n: 1, l: [3, 4] }, 4],
      ],
    ],
    ['with_sequence', 'with_sequence: start=1 end=3 format=web%02d', ['web01', 'web02', 'web03']],
    ['with_sequence in short', 'with_sequence: 4-8/2', ['4', '6', '8']],
    ['with_sequence backwards', 'with_sequence: start=3 end=1 stride=-1', ['3', '2', '1']],
    ['with_sequence by count', 'with_sequence: count=2', ['1', '2']],
    [
      'with_indexed_items',
      'with_indexed_items: [a, b]',
      [
        [0, 'a'],
        [1, 'b'],
      ],
    ],
    ['with_flattened', 'with_flattened: [1, [2, [3]]]', [1, 2, 3]],
    ['with_fileglob', 'with_fileglob: "/x/*"', ['/x/a', '/x/b']],
    ['with_lines', 'with_lines: cat x', ['one', 'two']],
    ['with_first_found', 'with_first_found: [a.not, b.there]', ['b.there']],
    ['with_first_found in folders', 'with_first_found: [{files: [a.there], paths: [/x]}]', ['/x/a.there']],
    ['with_first_found that may be skipped', 'with_first_found: [{files: [a.not], skip: true}]', []],
  ])('%s', (_, text, expected) => expect(run(text)).toEqual(expected))

  test('loop_control says how the variables are called', () => {
    const text =
      '- command: ls\n  loop: [1]\n  loop_control: {loop_var: x, index_var: i, label: "{{ x }}!", extended: yes, pause: 2}'
    expect(onlyTask(text).loop).toMatchObject({ variable: 'x', index: 'i', extended: true })
  })

  test('a block can loop', () => {
    const [block] = stepsOf(programOf(tasks('- block:\n    - command: ls {{ item }}\n  loop: [1, 2]')))
    expect(block).toMatchObject({ kind: 'block', loop: { variable: 'item' } })
  })
})

describe('inheritance', () => {
  const nested = `- hosts: web
  become: true
  remote_user: play
  tags: p
  environment: {A: play}
  tasks:
    - block:
        - command: ls
          become_user: task
          tags: [t, u]
          when: "2 > 1"
          environment: {A: task}
          notify: two
          vars: {x: task}
      remote_user: block
      tags: b
      when: "1 > 0"
      notify: one
      vars: {x: block}
  handlers:
    - {name: one, command: ls}
    - {name: two, command: ls}
`
  const [task] = tasksOf(programOf(nested))
  const lookup = lookupOf()

  test('the innermost keyword wins', () => {
    expect(task?.keywords.remoteUser?.render(lookup)).toBe('block')
    expect(task?.keywords.becomeUser?.render(lookup)).toBe('task')
    expect(task?.keywords.become?.render(lookup)).toBe(true)
  })

  test('tags, conditions, notifications, environments and vars add up', () => {
    expect(task?.tags).toEqual(['p', 'b', 't', 'u'])
    expect(task?.when.map(({ text }) => text)).toEqual(['1 > 0', '2 > 1'])
    expect(task?.notify.map(({ text }) => text)).toEqual(['one', 'two'])
    expect(task?.keywords.environment.map((value) => value.render(lookup))).toEqual([
      { A: 'play' },
      { A: 'task' },
    ])
    expect(task?.layers.map(({ level, vars }) => [level, vars.get('x')?.render(lookup)])).toEqual([
      [16, 'block'],
      [17, 'task'],
    ])
  })

  test("YAML 1.1's words are booleans where one is needed", () => {
    expect(onlyTask('- command: ls\n  become: yes').keywords.become?.render(lookup)).toBe(true)
    expect(
      onlyTask('- command: ls\n  become: "{{ x }}"\n  vars: {x: off}').keywords.become?.render(
        lookupOf({ x: 'off' }),
      ),
    ).toBe(false)
  })

  test('a templated keyword of the wrong type fails where it is written', () => {
    const { become } = onlyTask('- command: ls\n  become: "{{ role_name }}"').keywords
    expect(() => become?.render(lookupOf({ role_name: 'perhaps' }))).toThrow(
      '"become" needs true or false, not "perhaps".',
    )
  })

  test('confirm is a time in seconds', () => {
    expect(onlyTask('- command: ls\n  confirm: 2m').keywords.confirm?.render(lookup)).toBe(120)
  })
})

describe('plays', () => {
  test('sections run in their order, roles before tasks', () => {
    const program = programOf({
      'site.yml': `- hosts: web
  tasks: [{command: task}]
  post_tasks: [{command: post}]
  roles: [r]
  pre_tasks: [{command: pre}]
`,
      'roles/r/tasks/main.yml': '- command: role\n',
    })
    const texts = tasksOf(program).map(({ args }) => args.child('cmd')?.text)
    expect(texts).toEqual(['pre', 'role', 'task', 'post'])
    expect(onlyPlay(program).sections.map(({ name }) => name)).toEqual([
      'pre_tasks',
      'roles_and_tasks',
      'post_tasks',
    ])
  })

  test('settings are read', () => {
    const text = `- name: All
  hosts: [web, "!web1"]
  strategy: free
  serial: [1, "30%", "{{ rest }}"]
  order: sorted
  max_fail_percentage: 25
  force_handlers: on
  gather_facts: yes
  user: me
  vars: {rest: 5}
  vars_prompt: [{name: pw, prompt: Password, private: no, default: x}]
`
    const play = onlyPlay(programOf(text))
    expect(play).toMatchObject({
      name: 'All',
      strategy: 'free',
      serial: [{ count: 1 }, { percent: 30 }, { count: 5 }],
      order: 'sorted',
      maxFailPercentage: 25,
      forceHandlers: true,
      gatherFacts: true,
      prompts: [{ name: 'pw', prompt: 'Password', private: false, confirm: false, default: 'x' }],
    })
    expect(play.keywords.remoteUser?.render(lookupOf())).toBe('me')
  })

  test('a play without a name is called after its hosts', () => {
    expect(programOf('- hosts: [web, db]\n- hosts: web:&db\n').plays.map(({ name }) => name)).toEqual([
      'web,db',
      'web:&db',
    ])
  })

  test('vars and vars_files are levels 12 and 14; a list of files means the first that exists', () => {
    const program = programOf({
      'site.yml': `- hosts: web
  vars: {a: 1, which: v2}
  vars_files: [v1.yml, [nosuch.yml, "{{ which }}.yml"], "{{ inventory_hostname }}.yml"]
`,
      'v1.yml': 'b: 2\n',
      'v2.yml': 'c: 3\n',
    })
    const play = onlyPlay(program)
    expect(play.layers.map(({ level, vars }) => [level, [...vars.keys()]])).toEqual([
      [12, ['a', 'which']],
      [14, ['b']],
      [14, ['c']],
    ])
    expect(play.dynamicVarsFiles.map((list) => list.map(({ text }) => text))).toEqual([
      ['{{ inventory_hostname }}.yml'],
    ])
  })

  test('import_playbook hands down vars, tags and conditions', () => {
    const program = programOf({
      'site.yml': '- import_playbook: web/web.yml\n  vars: {x: 2}\n  tags: t\n  when: "1 > 0"\n',
      'web/web.yml': '- hosts: web\n  vars: {x: 1}\n  tags: p\n  tasks: [{import_tasks: t.yml}]\n',
      'web/t.yml': '- command: echo {{ x }}\n',
    })
    const [task] = tasksOf(program)
    expect(task?.tags).toEqual(['t', 'p'])
    expect(task?.when.map(({ text }) => text)).toEqual(['1 > 0'])
    expect(onlyPlay(program).layers.map(({ vars }) => vars.get('x')?.text)).toEqual(['1', '2'])
  })

  test('facts that are read are known, also through variables', () => {
    const text = `- hosts: web
  vars: {family: "{{ facts.os.family }}"}
  tasks:
    - command: echo {{ family }} {{ facts.hostname }}
      when: facts.memory.total_mb > 100
`
    expect([...onlyPlay(programOf(text)).factPaths].sort()).toEqual([
      'hostname',
      'memory.total_mb',
      'os.family',
    ])
  })

  test('ids are unique and stay the same', () => {
    const files = {
      'site.yml': tasks('- import_tasks: t.yml\n- import_tasks: t.yml\n- command: ls'),
      't.yml': '- command: ls\n',
    }
    const ids = tasksOf(programOf(files)).map(({ id }) => id)
    expect(ids).toEqual(['t.yml:1:3', 't.yml:1:3~2', 'site.yml:5:7'])
    expect(tasksOf(programOf(files)).map(({ id }) => id)).toEqual(ids)
  })
})

describe('what is listed', () => {
  const program = programOf({
    'site.yml': `- hosts: web:!web1
  name: First
  tags: p
  roles: [r]
  tasks:
    - name: Install
      apt: {name: x}
      tags: [a, b]
    - include_tasks: t.yml
`,
    'roles/r/tasks/main.yml': '- command: ls\n',
    't.yml': '- command: ls\n',
  })

  test('tasks', () => {
    expect(listTasks(program)).toEqual([
      {
        play: 'First',
        tags: ['p'],
        tasks: [
          { name: 'command', role: 'r', module: 'command', tags: ['p'], source: 'roles/r/tasks/main.yml:1' },
          { name: 'Install', module: 'apt', tags: ['p', 'a', 'b'], source: 'site.yml:6' },
          { name: 'include_tasks', module: 'include_tasks', tags: ['p'], source: 'site.yml:9' },
        ],
      },
    ])
  })
  test('tags', () => expect(listTags(program)).toEqual([{ play: 'First', tags: ['a', 'b', 'p'] }]))
  test('hosts', () =>
    expect(listHosts(program)).toEqual([{ play: 'First', pattern: 'web:!web1', hosts: ['web2'] }]))
})

test('the modules a project uses are found before anything is compiled', () => {
  const project = projectOf({
    'site.yml': `- hosts: web
  module_defaults: {copy: {mode: "0644"}}
  vars: {apt: x}
  tasks:
    - block: [{name: x, file: {path: /x}}, {action: command ls}]
      rescue: [{local_action: {module: service, name: x}}]
    - include_role: {name: r}
    - import_tasks: t.yml
  handlers: [{debug: {msg: x}, listen: y}]
`,
    't.yml': '- nosuch: {}\n  with_items: [1]\n',
    'roles/r/tasks/main.yml': '- ansible.builtin.apt: {name: x}\n',
    'roles/r/meta/argument_specs.yml': 'argument_specs: {}\n',
  })
  expect([...modulesUsed(project)].sort()).toEqual([
    'ansible.builtin.apt',
    'command',
    'copy',
    'debug',
    'file',
    'nosuch',
    'service',
    'validate_argument_spec',
  ])
})

test('start at a task: what stands before it is left out', () => {
  const text = tasks(
    '- {name: one, command: ls}\n- block:\n    - {name: two, command: ls}\n    - {name: three, command: ls}\n  rescue: [{name: four, command: ls}]\n- {name: five, command: ls}',
  )
  const from = (name: string) => outline(stepsOf(programOf(text, { startAt: [name] })))
  expect(from('three')).toEqual(['block:', '  three', 'rescue:', '  four', 'five'])
  expect(from('f*')).toEqual(['rescue:', '  four', 'five'])
  expect(from('one')).toHaveLength(7)
})

test('a project with broken YAML says so beside all else', () => {
  const { diagnostics } = compileFiles({ 'site.yml': '- hsts: web\n  hosts: web\n', 'broken.yml': 'a: [\n' })
  expect(diagnostics.map(({ code }) => code)).toEqual(['yaml-syntax', 'unknown-keyword'])
})
