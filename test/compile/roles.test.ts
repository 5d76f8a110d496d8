import { describe, expect, test } from 'vitest'
import type { RoleUse } from '#model/program.ts'
import { type Around, lookupOf, programOf } from '../support/compile.ts'
import { onlyPlay, tasksOf } from '../support/outline.ts'

/** The words that the commands of a program echo, in order. */
function echoes(files: Readonly<Record<string, string>>, around?: Around): readonly string[] {
  return tasksOf(programOf(files, around)).map(({ args }) => args.child('cmd')?.text ?? '?')
}

const roles = (...entries: readonly string[]) =>
  `- hosts: web\n  roles:\n${entries.map((one) => `    - ${one}\n`).join('')}`
const role = (name: string, meta = '{}') => ({
  [`roles/${name}/tasks/main.yml`]: `- command: ${name}\n`,
  [`roles/${name}/meta/main.yml`]: meta,
})

describe('which roles run', () => {
  const a = role('a')
  const needsA = (name: string) => role(name, 'dependencies: [a]')
  test.each<[string, readonly string[], Readonly<Record<string, string>>, readonly string[]]>([
    ['each once', ['a', 'a'], a, ['a']],
    ['again with other params', ['{role: a, p: 1}', '{role: a, p: 2}', '{role: a, p: 1}'], a, ['a', 'a']],
    ['again with vars instead of params', ['{role: a, p: 1}', '{role: a, vars: {p: 1}}'], a, ['a', 'a']],
    ['again with other conditions', ['{role: a, when: "1 > 2"}', 'a'], a, ['a', 'a']],
    ['as often as written when it allows it', ['a', 'a'], role('a', 'allow_duplicates: yes'), ['a', 'a']],
    ['dependencies first', ['b'], { ...a, ...needsA('b') }, ['a', 'b']],
    ['a dependency of two once', ['b', 'c'], { ...a, ...needsA('b'), ...needsA('c') }, ['a', 'b', 'c']],
    [
      'a dependency again when its first use may be skipped',
      ['{role: b, when: "1 > 2"}', 'c'],
      { ...a, ...needsA('b'), ...needsA('c') },
      ['a', 'b', 'a', 'c'],
    ],
    [
      'a dependency once when the second use may be skipped',
      ['c', '{role: b, when: "1 > 2"}'],
      { ...a, ...needsA('b'), ...needsA('c') },
      ['a', 'c', 'b'],
    ],
  ])('%s', (_, entries, files, expected) => {
    expect(echoes({ 'site.yml': roles(...entries), ...files })).toEqual(expected)
  })

  test('import_role runs each time, its dependencies once', () => {
    const site = '- hosts: web\n  tasks:\n    - import_role: name=b\n    - import_role: {name: b}\n'
    expect(echoes({ 'site.yml': site, ...a, ...needsA('b') })).toEqual(['a', 'b', 'b'])
  })

  test('a use that tags leave out does not count as the first', () => {
    const files = {
      'site.yml': roles('{role: b, tags: x}', '{role: c, tags: y}'),
      ...a,
      ...needsA('b'),
      ...needsA('c'),
    }
    expect(echoes(files, { tags: ['y'] })).toEqual(['a', 'c'])
  })

  test('tasks_from takes another file', () => {
    const site = '- hosts: web\n  tasks:\n    - import_role: {name: a, tasks_from: sub/x.yml}\n'
    expect(echoes({ 'site.yml': site, ...a, 'roles/a/tasks/sub/x.yml': '- command: other\n' })).toEqual([
      'other',
    ])
  })

  test('a role without tasks is no mistake', () => {
    expect(echoes({ 'site.yml': roles('a'), 'roles/a/defaults/main.yml': 'x: 1\n' })).toEqual([])
  })
})

describe('what a role brings', () => {
  const files = {
    'site.yml': `- hosts: web
  roles:
    - role: a
      param: 1
      vars: {v: entry}
      tags: t
      when: "1 > 0"
      become: true
  tasks:
    - command: echo {{ d }} {{ v }}
      notify: "a : restart"
  handlers:
    - {name: restart, command: own}
`,
    'roles/a/meta/main.yml': 'dependencies: [{role: b, extra: 2}]\n',
    'roles/a/defaults/main.yml': 'd: a\nonly_a: 1\n',
    'roles/a/vars/main.yml': 'v: a\n',
    'roles/a/tasks/main.yml': '- import_tasks: more.yml\n',
    'roles/a/tasks/more.yml': '- command: echo {{ d }} {{ from_b }} {{ param }}\n  notify: restart\n',
    'roles/a/handlers/main.yml': '- {name: restart, command: a}\n',
    'roles/b/defaults/main.yml': 'd: b\nfrom_b: 1\n',
    'roles/b/vars/main.yml': 'w: b\n',
    'roles/b/tasks/main.yml': '- command: echo {{ v }} {{ extra }}\n',
  }
  const program = programOf(files)
  const [ofB, ofA, own] = tasksOf(program)
  const read = (use: RoleUse | undefined, part: 'defaults' | 'vars' | 'params') =>
    Object.fromEntries([...(use?.[part].vars ?? [])].map(([name, value]) => [name, value.render(lookupOf())]))

  test('defaults, vars and params, with those of the roles it needs below', () => {
    expect(read(ofA?.role, 'defaults')).toEqual({ d: 'a', from_b: 1, only_a: 1 })
    expect(read(ofA?.role, 'vars')).toEqual({ w: 'b', v: 'a' })
    expect(read(ofA?.role, 'params')).toEqual({ param: 1 })
  })

  test('a dependency sees what its parent has', () => {
    expect(ofB?.role?.parents).toEqual(['a'])
    expect(read(ofB?.role, 'defaults')).toEqual({ d: 'b', only_a: 1, from_b: 1 })
    expect(read(ofB?.role, 'params')).toEqual({ param: 1, extra: 2 })
  })

  test('its tags, conditions, keywords and vars hold for its tasks and dependencies', () => {
    for (const task of [ofA, ofB]) {
      expect(task?.tags).toEqual(['t'])
      expect(task?.when.map(({ text }) => text)).toEqual(['1 > 0'])
      expect(task?.keywords.become?.render(lookupOf())).toBe(true)
      expect(task?.layers.map(({ level }) => level)).toEqual([16])
    }
    expect(own?.tags).toEqual([])
  })

  test('the play sees defaults and vars of its roles, the last one strongest', () => {
    const layers = onlyPlay(program).layers.map(({ level, origin }) => [level, origin])
    expect(layers.filter(([level]) => level === 2)).toEqual([
      [2, 'defaults of role b'],
      [2, 'defaults of role a'],
    ])
    expect(layers.filter(([level]) => level === 15)).toHaveLength(2)
  })

  test('handlers of roles stand before those of the play, with their role but without its conditions', () => {
    expect(
      onlyPlay(program).handlers.map(({ name, role, when, tags }) => [name?.text, role?.name, when, tags]),
    ).toEqual([
      ['restart', 'a', [], []],
      ['restart', undefined, [], []],
    ])
  })

  test('handlers of a use that is left out go with it', () => {
    const twice = programOf({
      ...role('a'),
      'site.yml': roles('a', 'a'),
      'roles/a/handlers/main.yml': '- {name: x, command: ls}\n',
    })
    expect(onlyPlay(twice).handlers).toHaveLength(1)
  })
})

describe('arguments of a role', () => {
  const program = programOf({
    'site.yml': roles('{role: a, http_port: "80"}'),
    'roles/a/tasks/main.yml': '- command: echo {{ http_port }} {{ mode }} {{ kind }}\n',
    'roles/a/defaults/main.yml': 'kind: from_file\n',
    'roles/a/meta/main.yml': `argument_specs:
  main:
    options:
      http_port: {type: int, required: true}
      mode: {default: fast, choices: [fast, slow]}
      kind: {default: from_spec}
    required_one_of: [[mode]]
`,
  })
  const [check, task] = tasksOf(program)

  test('are checked by a task that tags cannot leave out', () => {
    expect(check).toMatchObject({ module: 'validate_argument_spec', tags: ['always'] })
    expect(check?.args.render(lookupOf({ http_port: '80' }))).toEqual({
      argument_spec: {
        http_port: { type: 'int', required: true },
        mode: { default: 'fast', choices: ['fast', 'slow'] },
        kind: { default: 'from_spec' },
      },
      required_one_of: [['mode']],
      provided_arguments: { http_port: '80' },
      role: 'a',
    })
  })

  test('have the defaults of the specification below those of the role', () => {
    const defaults = task?.role?.defaults.vars
    expect(defaults?.get('mode')?.render(lookupOf())).toBe('fast')
    expect(defaults?.get('kind')?.render(lookupOf())).toBe('from_file')
  })

  test('are converted when they are read', () => {
    const convert = task?.role?.conversions?.get('http_port')
    expect(convert?.('80')).toBe(80)
    expect(() => convert?.('many')).toThrow('"http_port" must be a whole number, not "many".')
  })

  test('that cannot be converted are handed to the check as they are, so that it names all of them', () => {
    const convert = task?.role?.conversions?.get('http_port')
    const lookup = { ...lookupOf({ http_port: 'many' }), get: () => convert?.('many') }
    expect(check?.args.child('provided_arguments')?.render(lookup)).toEqual({ http_port: 'many' })
  })

  test('are not checked when the role is told so', () => {
    const text =
      '- hosts: web\n  tasks:\n    - import_role: {name: a, rolespec_validate: no}\n      vars: {x: 1}\n'
    const files = {
      'roles/a/tasks/main.yml': '- command: ls\n',
      'roles/a/meta/argument_specs.yml': 'argument_specs: {main: {options: {x: {}}}}\n',
    }
    expect(tasksOf(programOf({ 'site.yml': text, ...files }))).toHaveLength(1)
  })
})
