import { describe, expect, test } from 'vitest'
import { type Around, compileFiles, shown, testInventory } from '../support/compile.ts'

/** Tasks of a play on group web, two spaces in; the first stands in line 4. */
const play = (tasks: string): string => `- hosts: web
  tasks:
${tasks.replace(/^\n/, '').replace(/^/gm, '    ')}`

function problems(text: string | Readonly<Record<string, string>>, around?: Around): readonly string[] {
  return compileFiles(typeof text === 'string' ? { 'site.yml': text } : text, around).diagnostics.map(shown)
}

describe('keywords', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'a misspelt one on a task',
      play('- apt: {name: x}\n  wen: "true"'),
      ['site.yml:4:7 unknown-keyword A task has no keyword "wen".\n  Did you mean "when"?'],
    ],
    [
      'a misspelt one on a play',
      '- hosts: web\n  taks: []\n',
      ['site.yml:2:3 unknown-keyword A play has no keyword "taks".\n  Did you mean "tags"?'],
    ],
    [
      'a misspelt one on a block',
      play('- block: []\n  recsue: []'),
      ['site.yml:4:7 unknown-keyword A block has no keyword "recsue".\n  Did you mean "rescue"?'],
    ],
    [
      'register on a block',
      play('- block: []\n  register: x'),
      [
        'site.yml:4:7 bad-keyword-use "register" has no meaning on a block.\n  Put it on a task of the block.',
      ],
    ],
    [
      'listen on a task',
      play('- command: ls\n  listen: x'),
      ['site.yml:4:7 bad-keyword-use "listen" has no meaning on a task.\n  It belongs on a handler.'],
    ],
    [
      'when on a play',
      '- hosts: web\n  when: "true"\n',
      [
        'site.yml:2:3 bad-keyword-use "when" has no meaning on a play.\n  Put it on the tasks, or on a block around them.',
      ],
    ],
    [
      'become on an include',
      play('- include_tasks: x.yml\n  become: true'),
      [
        'site.yml:4:7 bad-keyword-use "become" has no meaning on include_tasks.\n  Put it below "apply" to have it hold for what is included.',
      ],
    ],
    [
      'a loop on an import',
      play('- import_tasks: t.yml\n  loop: [1]'),
      [
        'site.yml:3:21 file-missing There is no task file "t.yml".',
        'site.yml:4:7 bad-keyword-use "loop" has no meaning on import_tasks.\n  It belongs on a task, a handler or a block.',
      ],
    ],
    [
      'rescue without block',
      play('- rescue: []'),
      ['site.yml:3:7 bad-keyword-use "rescue" needs a "block" beside it.'],
    ],
    [
      "Ansible's debugger",
      play('- command: ls\n  debugger: always'),
      [
        'site.yml:4:7 unknown-keyword tsplay does not have Ansible\'s keyword "debugger".\n  Use `--step` to go task by task, or `debug` to show a value.',
      ],
    ],
    [
      'text for a boolean',
      play('- command: ls\n  become: maybe'),
      ['site.yml:4:15 wrong-type "become" needs true or false, not "maybe".'],
    ],
    [
      'a list for a boolean',
      play('- command: ls\n  no_log: [true]'),
      ['site.yml:4:15 wrong-type "no_log" needs true or false, not a list.'],
    ],
    [
      'text for a number',
      play('- command: ls\n  retries: many'),
      ['site.yml:4:16 wrong-type "retries" needs a whole number, not "many".'],
    ],
    [
      'a number for vars',
      '- hosts: web\n  vars: 3\n',
      ['site.yml:2:9 wrong-type "vars" needs a mapping, not 3.'],
    ],
    [
      'a mapping for tasks',
      '- hosts: web\n  tasks: {apt: x}\n',
      ['site.yml:2:10 wrong-type "tasks" needs a list, not a mapping.'],
    ],
    [
      'an unknown strategy',
      '- hosts: web\n  strategy: debug\n',
      ['site.yml:2:13 wrong-type "strategy" needs one of linear, free, host_pinned, not "debug".'],
    ],
    [
      'a strange serial',
      '- hosts: web\n  serial: [1, many]\n',
      [
        'site.yml:2:15 wrong-type "serial" needs a number of hosts or a percentage such as "30%", not "many".',
      ],
    ],
    [
      'a strange confirm',
      play('- command: ls\n  confirm: soon'),
      ['site.yml:4:16 wrong-type "confirm" needs a time such as 60s, 5m or 1h, not "soon".'],
    ],
    [
      'loop_control without loop',
      play('- command: ls\n  loop_control: {label: x}'),
      ['site.yml:4:7 bad-keyword-use "loop_control" needs a "loop" beside it.'],
    ],
    [
      'an unknown key of loop_control',
      play('- command: ls\n  loop: [1]\n  loop_control: {lable: x}'),
      ['site.yml:5:22 unknown-keyword "loop_control" has no "lable".\n  Did you mean "label"?'],
    ],
    [
      'two loops',
      play('- command: ls\n  loop: [1]\n  with_items: [2]'),
      ['site.yml:5:7 bad-keyword-use "loop" and "with_items" cannot stand side by side.'],
    ],
    [
      'a loop over a mapping',
      play('- command: ls\n  loop: {a: 1}'),
      [
        'site.yml:4:13 wrong-type "loop" needs a list, not a mapping.\n  items(x) gives a mapping as a list of {key, value}.',
      ],
    ],
    [
      'a loop that has no equal',
      play('- command: ls\n  with_random_choice: [1]'),
      ['site.yml:4:7 unknown-keyword tsplay has no "with_random_choice".\n  Use `loop: [random(list)]`.'],
    ],
    [
      'a misspelt loop',
      play('- command: ls\n  with_item: [1]'),
      ['site.yml:4:7 unknown-keyword There is no loop "with_item".\n  Did you mean "with_items"?'],
    ],
    [
      'an unknown meta action',
      play('- meta: flush_handler'),
      [
        'site.yml:3:13 bad-argument "meta" needs one of flush_handlers, end_play, end_host, end_batch, end_role, clear_facts, clear_host_errors, reset_connection, refresh_inventory, noop, not "flush_handler".\n  Did you mean "flush_handlers"?',
      ],
    ],
    [
      'an unknown key of vars_prompt',
      '- hosts: web\n  vars_prompt:\n    - {name: x, promt: y}\n',
      ['site.yml:3:17 unknown-keyword "vars_prompt" has no "promt".\n  Did you mean "prompt"?'],
    ],
  ])('%s', (_, text, expected) => expect(problems(text)).toEqual(expected))
})

describe('shapes', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'a playbook that is a mapping',
      'hosts: web\ntasks: []\n',
      [
        'site.yml:1:1 wrong-shape A playbook must be a list of plays, not a mapping.\n  Put "- " before the first line, and indent the rest.',
      ],
    ],
    ['a play that is text', '- web\n', ['site.yml:1:3 wrong-shape A play must be a mapping, not text.']],
    ['a task that is text', play('- ls'), ['site.yml:3:7 wrong-shape A task must be a mapping, not text.']],
    [
      'a task where a play belongs',
      '- name: x\n  apt: {name: y}\n',
      [
        'site.yml:1:3 wrong-shape A play needs "hosts".\n  Tasks stand in the list "tasks" of a play.',
        'site.yml:2:3 bad-keyword-use "apt" is a module, and a play has no place for one.\n  Put it into the list "tasks".',
      ],
    ],
  ])('%s', (_, text, expected) => expect(problems(text)).toEqual(expected))
})

describe('modules and arguments', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'a misspelt module',
      play('- aptt: {name: x}'),
      ['site.yml:3:7 unknown-module There is no module "aptt".\n  Did you mean "apt"?'],
    ],
    [
      'a module with a collection',
      play('- community.general.servce: {name: x}'),
      [
        'site.yml:3:7 unknown-module There is no module "community.general.servce".\n  Did you mean "service"?',
      ],
    ],
    [
      "Ansible's include",
      play('- include: x.yml'),
      [
        'site.yml:3:7 unknown-module tsplay does not have Ansible\'s old module "include".\n  Use "include_tasks", or "import_tasks" when the file is the same for every host.',
      ],
    ],
    ['no module', play('- name: x'), ['site.yml:3:7 no-module The task names no module.']],
    [
      'two modules',
      play('- apt: {name: x}\n  copy: {dest: /x}'),
      ['site.yml:4:7 several-modules The task names two modules, "apt" and "copy".\n  Make two tasks of it.'],
    ],
    [
      'an unknown argument',
      play('- apt:\n    nam: nginx'),
      [
        'site.yml:4:9 unknown-argument "apt" has no argument "nam".\n  Did you mean "name"? Run `tsplay doc apt` to see the arguments it takes.',
      ],
    ],
    [
      'an unknown argument in one line',
      play('- apt: name=x stat=present'),
      [
        'site.yml:3:19 unknown-argument "apt" has no argument "stat".\n  Did you mean "state"? Run `tsplay doc apt` to see the arguments it takes.',
      ],
    ],
    [
      'a word that is no argument',
      play('- apt: nginx'),
      [
        'site.yml:3:12 bad-argument "nginx" is no argument of "apt": arguments in one line are written name=value.',
      ],
    ],
    [
      'an argument given twice',
      play('- apt: {name: a, pkg: b}'),
      ['site.yml:3:22 bad-argument "apt" is given the argument "name" twice.'],
    ],
    [
      'a missing argument',
      play('- copy: {content: x}'),
      [
        'site.yml:3:7 missing-argument "copy" needs the argument "dest".\n  Run `tsplay doc copy` to see the arguments it takes.',
      ],
    ],
    [
      'a decimal mode',
      play('- copy: {dest: /x, mode: 644}'),
      [
        'site.yml:3:30 decimal-mode "mode" is written as the decimal number 644, but permission bits are octal.\n  Write "0644".',
      ],
    ],
    [
      'text that is no mode',
      play('- copy: {dest: /x, mode: "99"}\n- copy: {dest: /x, mode: u=rwz}'),
      [
        'site.yml:3:30 bad-argument "99" is not a file mode: write octal digits such as "0644", or clauses such as "u=rw,g=r".',
        'site.yml:4:30 bad-argument "u=rwz" is not a file mode: write octal digits such as "0644", or clauses such as "u=rw,g=r".',
      ],
    ],
    [
      'modes of all kinds',
      play(
        ['preserve', '"0644"', '0o644', '"u=rw,g=r"', 'a+X', '"{{ inventory_hostname }}"']
          .map((mode) => `- copy: {dest: /x, mode: ${mode}}`)
          .join('\n'),
      ),
      [],
    ],
    [
      'arguments that are a list',
      play('- copy: [a, b]'),
      ['site.yml:3:13 wrong-shape The arguments of "copy" must be a mapping, not a list.'],
    ],
    [
      'an action without a module',
      play('- action: nosuch x=1'),
      ['site.yml:3:15 unknown-module There is no module "nosuch".\n  Run `tsplay doc` to see all modules.'],
    ],
    [
      'module_defaults of no module',
      '- hosts: web\n  module_defaults:\n    copi: {mode: "0644"}\n',
      [
        'site.yml:3:5 unknown-module "module_defaults" names "copi", which is no module.\n  Did you mean "copy"?',
      ],
    ],
    [
      'module_defaults with an unknown argument',
      '- hosts: web\n  module_defaults:\n    copy: {mod: "0644"}\n',
      [
        'site.yml:3:12 unknown-argument "copy" has no argument "mod".\n  Did you mean "mode"? Run `tsplay doc copy` to see the arguments it takes.',
      ],
    ],
  ])('%s', (_, text, expected) => expect(problems(text)).toEqual(expected))

  test('a value of the wrong type stands where the value stands', () => {
    const [first] = compileFiles({ 'site.yml': play('- apt: {name: x, state: [a]}') }).diagnostics
    expect(first).toMatchObject({ code: 'bad-argument', range: { start: { line: 3, column: 29 } } })
  })

  test('an argument with variables is left to the run, its literal siblings are not', () => {
    expect(
      problems(play('- apt: {name: ["{{ inventory_hostname }}", x], state: "{{ role_name }}"}')),
    ).toEqual([])
  })
})

describe('variables', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'an undefined one in a template',
      '- hosts: web\n  vars: {port: 1}\n  tasks:\n    - command: echo {{ prot }}\n',
      ['site.yml:4:24 undefined-variable Nothing defines the variable "prot".\n  Did you mean "port"?'],
    ],
    [
      'an undefined one in a condition',
      play('- command: ls\n  register: found\n- command: ls\n  when: fund.rc == 0'),
      ['site.yml:6:13 undefined-variable Nothing defines the variable "fund".\n  Did you mean "found"?'],
    ],
    [
      'a loop variable outside its loop',
      play('- command: ls {{ item }}'),
      ['site.yml:3:22 undefined-variable Nothing defines the variable "item".'],
    ],
    [
      'in a variable that a task uses',
      '- hosts: web\n  vars: {url: "http://{{ nam }}"}\n  tasks:\n    - command: curl {{ url }}\n',
      ['site.yml:2:26 undefined-variable Nothing defines the variable "nam".'],
    ],
    [
      "Ansible's names below ansible_facts, and those that tsplay has as well",
      play(
        '- command: echo {{ ansible_facts.os_family }}\n- command: echo {{ ansible_facts.hostname }}\n  when: ansible_facts.memory.total_mb > 1',
      ),
      [
        'site.yml:3:24 undefined-variable There is no fact "os_family".\n  In tsplay it is called "facts.os.family".',
      ],
    ],
    [
      "one of Ansible's fact names",
      play('- command: echo {{ ansible_os_family }}'),
      [
        'site.yml:3:24 undefined-variable Nothing defines the variable "ansible_os_family".\n  In tsplay it is called "facts.os.family".',
      ],
    ],
    [
      'facts in a play without facts',
      '- hosts: web\n  gather_facts: no\n  tasks:\n    - command: echo {{ facts.os.family }}\n',
      [
        'site.yml:4:24 undefined-variable This play has "gather_facts: false", so there are no facts to read.\n  Remove "gather_facts": facts are only fetched when something reads them.',
      ],
    ],
    [
      'a reserved name in vars',
      '- hosts: web\n  vars: {groups: 1}\n',
      [
        'site.yml:2:10 reserved-variable "groups" is set by tsplay itself and cannot be assigned.\n  Choose another name.',
      ],
    ],
    [
      'a reserved name in register',
      play('- command: ls\n  register: hostvars'),
      [
        'site.yml:4:17 reserved-variable "hostvars" is set by tsplay itself and cannot be assigned.\n  Choose another name.',
      ],
    ],
    [
      'a name with a dash',
      '- hosts: web\n  vars: {a-b: 1}\n',
      [
        'site.yml:2:10 invalid-name "a-b" cannot be the name of a variable: letters, digits and "_" make a name, not starting with a digit.\n  Call it "a_b".',
      ],
    ],
    [
      'a word of the language as a name',
      play('- set_fact: {in: 1}'),
      [
        'site.yml:3:18 invalid-name "in" cannot be the name of a variable: it is a word of the expression language.',
      ],
    ],
  ])('%s', (_, text, expected) => expect(problems(text)).toEqual(expected))

  test.each<[string, string]>([
    ['guarded by the condition', play('- command: echo {{ maybe }}\n  when: defined(maybe)')],
    ['guarded by the block', play('- block:\n    - command: echo {{ maybe }}\n  when: defined(maybe)')],
    ['with a default', play("- command: echo {{ default maybe 'x' }}")],
    ['registered later', play('- command: echo {{ later }}\n- command: ls\n  register: later')],
    ['set by set_fact', play('- set_fact: {x: 1}\n- command: echo {{ x }}')],
    ['set by set_fact in one line', play('- set_fact: x=1\n- command: echo {{ x }}')],
    [
      'set under a name that is a template',
      play('- set_fact: {"{{ inventory_hostname }}_x": 1}\n- command: echo {{ web1_x }}'),
    ],
    ['a connection variable', play('- command: echo {{ ansible_host }} {{ ssh_host }}')],
    ['a magic variable', play('- command: echo {{ inventory_hostname }} {{ hostvars }}')],
    ['the loop variable', play('- command: echo {{ item }}\n  loop: [1]')],
    ['the loop variable of the block', play('- block:\n    - command: echo {{ item }}\n  loop: [1]')],
    [
      'another loop variable and index',
      play('- command: echo {{ x }} {{ i }}\n  loop: [1]\n  loop_control: {loop_var: x, index_var: i}'),
    ],
    ['vars of the task', play('- command: echo {{ x }}\n  vars: {x: 1}')],
    ['defined for another host only', play('- command: echo {{ only_db }}')],
    ['a prompt', '- hosts: web\n  vars_prompt: [{name: pw}]\n  tasks:\n    - command: echo {{ pw }}\n'],
    ['in a variable that nothing uses', play('- command: echo {{ used }}')],
    ['from -e', play('- command: echo {{ given }}')],
    ['of add_host', play('- add_host: {name: new, colour: red}\n- command: echo {{ colour }}')],
    [
      'possible because of an include nobody knows',
      play('- include_tasks: "{{ inventory_hostname }}.yml"\n- command: echo {{ x }}'),
    ],
    [
      'possible because of an unknown file in vars_files',
      '- hosts: web\n  vars_files: ["{{ inventory_hostname }}.yml"]\n  tasks:\n    - command: echo {{ x }}\n',
    ],
    [
      'possible because of a vars file nobody knows',
      play('- include_vars: "{{ inventory_hostname }}.yml"\n- command: echo {{ x }}'),
    ],
  ])('a name may be %s', (_, text) => {
    const inventory = testInventory({ db: 'only_db: 1', web: 'used: 1\nunused: "{{ nosuch }}"' })
    expect(problems(text, { inventory, extraVars: 'given: 1' })).toEqual([])
  })

  test('the variables that say how a host is reached count as read', () => {
    const inventory = testInventory({ web: 'ansible_user: "{{ admni }}"\nadmin: me' })
    expect(problems(play('- command: ls'), { inventory })).toEqual([
      'vars.yml:1:19 undefined-variable Nothing defines the variable "admni".\n  Did you mean "admin"?',
    ])
  })

  test('a broken variable of the inventory counts when a host would read it', () => {
    const inventory = testInventory({ all: 'a: "{{ nosuch }}"', web: 'a: 1', db: '' })
    const text = (hosts: string) => `- hosts: ${hosts}\n  tasks:\n    - command: echo {{ a }}\n`
    expect(problems(text('web'), { inventory })).toEqual([])
    expect(problems(text('db'), { inventory })).toEqual([
      'vars.yml:1:8 undefined-variable Nothing defines the variable "nosuch".',
    ])
  })
})

describe('expressions', () => {
  test.each<[string, string, string, number]>([
    ['braces in a condition', play('- command: ls\n  when: "{{ x }}"'), 'jinja-syntax', 4],
    ['Jinja in a condition', play('- command: ls\n  when: inventory_hostname is defined'), 'jinja-syntax', 4],
    ['a filter in a template', play('- command: echo {{ inventory_hostname | upper }}'), 'jinja-syntax', 3],
    ['a broken expression', play('- command: ls\n  when: 1 +'), 'bad-expression', 4],
    ['a broken template', play('- command: echo {{ inventory_hostname'), 'bad-template', 3],
    ['a broken condition of assert', play('- assert:\n    that: 1 ='), 'bad-expression', 4],
    ['a number as a condition', play('- command: ls\n  when: 3'), 'wrong-type', 4],
  ])('%s', (_, text, code, line) => {
    expect(compileFiles({ 'site.yml': text }).diagnostics).toMatchObject([
      { code, range: { start: { line } } },
    ])
  })
})

describe('hosts', () => {
  const of = (hosts: string) => `- hosts: ${hosts}\n`
  test.each<[string, string, readonly string[]]>([
    [
      'an unknown name',
      of('weeb'),
      ['site.yml:1:10 unknown-host The inventory has no host or group "weeb".\n  Did you mean "web"?'],
    ],
    [
      'an unknown name inside a pattern',
      of('"db:!wep"'),
      ['site.yml:1:14 unknown-host The inventory has no host or group "wep".\n  Did you mean "web"?'],
    ],
    [
      'an unknown name in a list',
      '- hosts:\n    - web\n    - dbb\n',
      ['site.yml:3:7 unknown-host The inventory has no host or group "dbb".\n  Did you mean "db"?'],
    ],
    ['a broken pattern', of('"web[0"'), ['site.yml:1:11 bad-pattern The bracket in "web[0" is not closed.']],
    ['globs that match nothing', of('"x*,~y,web[9],localhost,all"'), []],
    ['a group made by group_by', `- hosts: web\n  tasks:\n    - group_by: {key: made}\n${of('made')}`, []],
    [
      'a group made by group_by in one line',
      `- hosts: web\n  tasks:\n    - group_by: key=made\n${of('made')}`,
      [],
    ],
    [
      'a host made by add_host',
      `- hosts: web\n  tasks:\n    - add_host: name=new groups=a,b\n${of('new:b')}`,
      [],
    ],
    [
      'a group nobody can know',
      `- hosts: web\n  tasks:\n    - group_by: key={{ inventory_hostname }}\n${of('made')}`,
      [],
    ],
  ])('%s', (_, text, expected) => expect(problems(text)).toEqual(expected))

  test('unknown names are warnings when asked for', () => {
    expect(problems(of('weeb'), { unknownHosts: 'warn' })).toEqual([
      'site.yml:1:10 unknown-host (warning) The inventory has no host or group "weeb".\n  Did you mean "web"?',
    ])
  })

  test('variables of the play can make up a pattern, those of hosts cannot', () => {
    expect(problems('- hosts: "{{ target }}"\n', { extraVars: 'target: weeb' })[0]).toContain('unknown-host')
    expect(problems('- hosts: "{{ target }}"\n')[0]).toContain(
      'bad-keyword-use "hosts" is needed before the run',
    )
  })
})

describe('handlers', () => {
  const withHandlers = (notify: string, handlers: string) =>
    `- hosts: web\n  tasks:\n    - command: ls\n      notify: ${notify}\n  handlers:\n${handlers}`
  test.each<[string, string, readonly string[]]>([
    [
      'an unknown one',
      withHandlers('Restart ngins', '    - name: Restart nginx\n      command: ls\n'),
      [
        'site.yml:4:15 unknown-handler No handler of the play is called "Restart ngins", and none listens to it.\n  Did you mean "Restart nginx"?',
      ],
    ],
    [
      'an unknown one in a list',
      withHandlers('[a, b]', '    - name: a\n      command: ls\n'),
      ['site.yml:4:19 unknown-handler No handler of the play is called "b", and none listens to it.'],
    ],
    ['a topic', withHandlers('topic', '    - name: a\n      command: ls\n      listen: topic\n'), []],
    [
      'a name known only at run time',
      withHandlers('"{{ inventory_hostname }}"', '    - name: a\n      command: ls\n'),
      [],
    ],
    [
      'two of one name',
      withHandlers('a', '    - name: a\n      command: ls\n    - name: a\n      command: id\n'),
      [
        'site.yml:8:13 duplicate-handler There are two handlers called "a".\n  Give them different names, and let both listen to one topic if both are to run.',
      ],
    ],
    [
      'a block',
      withHandlers('a', '    - name: a\n      command: ls\n    - block: []\n'),
      [
        'site.yml:8:7 bad-keyword-use A block cannot be a handler.\n  Give each handler the same "listen" topic and notify that.',
      ],
    ],
    [
      'a role',
      withHandlers('a', '    - name: a\n      command: ls\n    - include_role: {name: x}\n'),
      ['site.yml:8:7 bad-keyword-use "include_role" cannot be a handler.'],
    ],
  ])('%s', (_, text, expected) => expect(problems(text)).toEqual(expected))
})

test('two handlers of one role cannot have the same name', () => {
  const files = {
    'site.yml': '- hosts: web\n  roles: [a]\n',
    'roles/a/tasks/main.yml': '[]',
    'roles/a/handlers/main.yml': '- {name: x, command: ls}\n- {name: x, command: id}\n',
  }
  expect(problems(files)[0]).toContain('roles/a/handlers/main.yml:2:10 duplicate-handler')
})

describe('imports, includes and roles', () => {
  const site = play('- import_tasks: t.yml')
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'a mistake in an imported file',
      { 'site.yml': site, 't.yml': '- aptt: {name: x}\n' },
      ['t.yml:1:3 unknown-module There is no module "aptt".\n  Did you mean "apt"?'],
    ],
    [
      'a mistake in an included file',
      { 'site.yml': play('- include_tasks: t.yml'), 't.yml': '- aptt: {name: x}\n' },
      ['t.yml:1:3 unknown-module There is no module "aptt".\n  Did you mean "apt"?'],
    ],
    [
      'a file that imports itself',
      { 'site.yml': site, 't.yml': '- import_tasks: t.yml\n' },
      ['t.yml:1:17 include-cycle "t.yml" imports itself without end.'],
    ],
    [
      'a file that includes itself under a condition',
      {
        'site.yml': play('- include_tasks: t.yml'),
        't.yml': '- include_tasks: t.yml\n  when: inventory_hostname == "x"\n',
      },
      [],
    ],
    [
      'an import that depends on the host',
      { 'site.yml': play('- import_tasks: "{{ inventory_hostname }}.yml"') },
      [
        'site.yml:3:21 bad-keyword-use An import is read before the run, but "file" is not known then. "inventory_hostname" is not defined.\n  Use "include_tasks", which is read when it is reached.',
      ],
    ],
    [
      'an include without a file',
      { 'site.yml': play('- include_tasks: {}') },
      ['site.yml:3:7 missing-argument "include_tasks" needs the name of a file.'],
    ],
    [
      'an unknown option of an include',
      { 'site.yml': play('- include_role: {name: r, task_from: x}'), 'roles/r/tasks/main.yml': '[]' },
      [
        'site.yml:3:31 unknown-argument "include_role" has no option "task_from".\n  Did you mean "tasks_from"?',
      ],
    ],
    [
      'an unknown keyword below apply',
      { 'site.yml': play('- include_tasks: {file: t.yml, apply: {becom: true}}'), 't.yml': '[]' },
      ['site.yml:3:44 unknown-keyword A block has no keyword "becom".\n  Did you mean "become"?'],
    ],
    [
      'an unknown role',
      { 'site.yml': '- hosts: web\n  roles: [ngins]\n', 'roles/nginx/tasks/main.yml': '[]' },
      ['site.yml:2:11 unknown-role There is no role "ngins".\n  Did you mean "nginx"?'],
    ],
    [
      'roles that need each other',
      {
        'site.yml': '- hosts: web\n  roles: [a]\n',
        'roles/a/tasks/main.yml': '[]',
        'roles/a/meta/main.yml': 'dependencies: [b]\n',
        'roles/b/tasks/main.yml': '[]',
        'roles/b/meta/main.yml': 'dependencies: [a]\n',
      },
      ['roles/b/meta/main.yml:1:16 role-cycle The role "a" leads back to itself: a → b → a.'],
    ],
    [
      'a file that a role does not have',
      { 'site.yml': play('- import_role: {name: a, tasks_from: instal}'), 'roles/a/tasks/install.yml': '[]' },
      [
        'site.yml:3:27 file-missing The role "a" has no file "instal" in its folder "tasks".\n  Did you mean "install"?',
      ],
    ],
    [
      'a file outside the role',
      { 'site.yml': play('- import_role: {name: a, tasks_from: ../../x}'), 'roles/a/tasks/main.yml': '[]' },
      ['site.yml:3:42 bad-argument "../../x" leads out of the role.'],
    ],
    [
      'a keyword taken for a parameter',
      { 'site.yml': '- hosts: web\n  roles: [{role: a, becom: true}]\n', 'roles/a/tasks/main.yml': '[]' },
      [
        'site.yml:2:21 unknown-keyword (warning) "becom" is taken for a parameter of the role, which has no default of that name.\n  Did you mean "become"?',
      ],
    ],
    [
      'a declared argument that resembles a keyword',
      {
        'site.yml': '- hosts: web\n  roles: [{role: a, hport: 80}]\n',
        'roles/a/tasks/main.yml': '[]',
        'roles/a/meta/argument_specs.yml': 'argument_specs: {main: {options: {hport: {type: int}}}}',
      },
      [],
    ],
  ])('%s', (_, files, expected) => expect(problems(files)).toEqual(expected))
})

test('what an unreadable file of variables would have defined is not called missing', () => {
  const site =
    '- hosts: web\n  vars_files: [v.yml]\n  tasks:\n    - command: echo {{ from_v }}\n    - command: echo {{\n'
  expect(problems({ 'site.yml': site, 'v.yml': 'from_v: [1\n' })).toEqual([
    expect.stringContaining('site.yml:5:21 bad-template'),
    expect.stringContaining('v.yml:2:1 yaml-syntax A "[" above is not closed'),
  ])
})

describe('arguments of roles', () => {
  const specs = `argument_specs:
  main:
    options:
      http_port: {type: int, required: true}
      mode: {choices: [fast, slow], default: fast}
`
  const files = (entry: string) => ({
    'site.yml': `- hosts: web\n  roles:\n    - ${entry}\n`,
    'roles/a/tasks/main.yml': '- command: echo {{ http_port }} {{ mode }}\n',
    'roles/a/meta/argument_specs.yml': specs,
  })
  test.each<[string, string, readonly string[]]>([
    ['text that is a number', '{role: a, http_port: "80"}', []],
    [
      'a wrong type',
      '{role: a, http_port: many}',
      [
        'site.yml:3:28 bad-role-argument The role "a" cannot use this: "http_port" must be a whole number, not "many".',
      ],
    ],
    [
      'a value that is no choice',
      '{role: a, http_port: 1, vars: {mode: quick}}',
      [
        'site.yml:3:44 bad-role-argument The role "a" cannot use this: "mode" must be one of fast, slow, not "quick".',
      ],
    ],
    [
      'one that nothing defines',
      'a',
      ['site.yml:3:7 bad-role-argument The role "a" needs the argument "http_port", and nothing defines it.'],
    ],
  ])('%s', (_, entry, expected) => {
    const found = problems(files(entry)).filter((one) => !one.includes('undefined-variable'))
    expect(found).toEqual(expected)
  })
})

test('everything that is wrong is reported at once, by file and line', () => {
  const text = `- hosts: weeb
  gather_fact: no
  tasks:
    - aptt: {name: x}
    - copy: {dest: /x, mode: 644}
    - command: ls
      when: x =
    - import_tasks: t.yml
  handlers:
    - name: a
      comand: ls
`
  const codes = compileFiles({
    'site.yml': text,
    't.yml': '- command: echo {{ nosuch }}\n  notify: b\n',
  }).diagnostics
  expect(codes.map(({ code, range }) => `${range?.file}:${range?.start.line} ${code}`)).toEqual([
    'site.yml:1 unknown-host',
    'site.yml:2 unknown-keyword',
    'site.yml:4 unknown-module',
    'site.yml:5 decimal-mode',
    'site.yml:7 bad-expression',
    'site.yml:11 unknown-module',
    't.yml:1 undefined-variable',
    't.yml:2 unknown-handler',
  ])
})

test('there is no program when something is an error, and there is one with warnings', () => {
  expect(compileFiles({ 'site.yml': '- hosts: weeb\n' }).program).toBeUndefined()
  expect(compileFiles({ 'site.yml': '- hosts: weeb\n' }, { unknownHosts: 'warn' }).program).toBeDefined()
})

test('a tag that no task has is a warning', () => {
  expect(problems(play('- command: ls\n  tags: deploy'), { tags: ['deplo'] })).toEqual([
    '- unknown-tag (warning) No task has the tag "deplo".\n  Did you mean "deploy"?',
  ])
})

test('a task to start at that does not exist is an error', () => {
  expect(problems(play('- name: Install\n  command: ls'), { startAt: ['Instal'] })).toEqual([
    '- unknown-task There is no task "Instal" to start at.\n  Did you mean "Install"?',
  ])
})
