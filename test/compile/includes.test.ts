import { describe, expect, test } from 'vitest'
import { compileGrowing } from '#compile/compile-growing.ts'
import type { Include, Step } from '#model/program.ts'
import { testCatalogue } from '../support/catalogue.ts'
import { type Around, compileFiles, inputOf, lookupOf, programOf, shown } from '../support/compile.ts'
import { onlyPlay, outline, stepsOf } from '../support/outline.ts'
import { projectOf } from '../support/project.ts'

const tasks = (text: string): string => `- hosts: web\n  tasks:\n${text.replace(/^/gm, '    ')}`

function includeIn(files: Readonly<Record<string, string>>, around?: Around): Include {
  const found = stepsOf(programOf(files, around))
    .flatMap(flat)
    .find((step) => step.kind === 'include')
  if (!found) throw new Error('The test has no include.')
  return found
}

const flat = (step: Step): readonly Step[] => (step.kind === 'block' ? step.block.flatMap(flat) : [step])

const only = (steps: readonly Step[]): Step => {
  const [step] = steps
  if (!step) throw new Error('Nothing was included.')
  return step
}

describe('import_tasks', () => {
  test('hands down all it says', () => {
    const program = programOf({
      'site.yml': tasks(
        '- import_tasks: sub/t.yml\n  tags: a\n  when: "1 > 0"\n  become: yes\n  vars: {x: 1}',
      ),
      'sub/t.yml': '- command: echo {{ x }}\n- import_tasks: u.yml\n',
      'sub/u.yml': '- command: ls\n  tags: b\n',
    })
    const [first, second] = stepsOf(program)
    expect(first).toMatchObject({ tags: ['a'], layers: [{ level: 16 }] })
    expect(second).toMatchObject({ tags: ['a', 'b'], when: [{ text: '1 > 0' }] })
    expect(second?.keywords.become?.render(lookupOf())).toBe(true)
  })

  test('may have a name that variables of the play make up', () => {
    const files = { 'site.yml': tasks('- import_tasks: "{{ which }}.yml"'), 't.yml': '- command: ls\n' }
    expect(outline(stepsOf(programOf(files, { extraVars: 'which: t' })))).toEqual(['command'])
  })
})

test('magic variables that are the same for every host can name what is imported', () => {
  const program = programOf({
    'site.yml': '- hosts: web\n  vars_files: ["{{ playbook_dir }}/v.yml"]\n  roles: [r]\n',
    'v.yml': 'x: 1\n',
    'roles/r/tasks/main.yml': '- import_tasks: "{{ role_path }}/tasks/{{ role_name }}-{{ flavour }}.yml"\n',
    'roles/r/tasks/r-plain.yml': '- command: echo {{ x }}\n',
    'roles/r/vars/main.yml': 'flavour: plain\n',
  })
  expect(outline(stepsOf(program))).toEqual(['block:', '  command'])
})

describe('include_tasks', () => {
  const files = {
    'site.yml': tasks(`- block:
    - include_tasks: {file: t.yml, apply: {tags: [applied], become: yes}}
      vars: {x: 1}
      when: "2 > 1"
      tags: own
      loop: [1, 2]
      register: r
  tags: around
  when: "1 > 0"`),
    't.yml': '- command: echo {{ x }} {{ item }}\n  tags: inner\n',
  }

  test('keeps its own keywords for itself', () => {
    expect(includeIn(files)).toMatchObject({
      what: 'tasks',
      tags: ['around', 'own'],
      when: [{ text: '1 > 0' }, { text: '2 > 1' }],
      loop: { variable: 'item' },
      register: 'r',
    })
  })

  test('hands down only its vars, what is around it and what it applies', async () => {
    const { steps } = await includeIn(files).open({ target: 't.yml' })
    const step = only(steps)
    expect(step).toMatchObject({ tags: ['around', 'applied', 'inner'], when: [{ text: '1 > 0' }] })
    expect(step.layers.map(({ level }) => level)).toEqual([21])
    expect(step.keywords.become?.render(lookupOf())).toBe(true)
  })

  test('gives the same steps each time it is opened', async () => {
    const include = includeIn(files)
    const [first, second] = await Promise.all([
      include.open({ target: 't.yml' }),
      include.open({ target: 't.yml' }),
    ])
    expect(first).toBe(second)
  })

  test('asks what it includes for its tags', async () => {
    const text = {
      'site.yml': tasks('- include_tasks: t.yml\n  tags: always'),
      't.yml': '- {command: a, tags: x}\n- {command: b, tags: y}\n',
    }
    const { steps } = await includeIn(text, { tags: ['y'] }).open({ target: 't.yml' })
    expect(steps.map(({ tags }) => tags)).toEqual([['y']])
  })

  const dynamic = { 'site.yml': tasks('- include_tasks: "{{ inventory_hostname }}.yml"') }
  const growing = (more: Readonly<Record<string, string>>): Around => ({
    grow: (_, wanted) => {
      const all = {
        ...dynamic,
        ...(more[wanted.name] === undefined ? {} : { [wanted.name]: more[wanted.name] ?? '' }),
      }
      return Promise.resolve({ project: projectOf(all), catalogue: testCatalogue })
    },
  })

  test('reads a file whose name is known only at run time', async () => {
    const { steps } = await includeIn(dynamic, growing({ 'web1.yml': '- command: ls\n' })).open({
      target: 'web1.yml',
    })
    expect(outline(steps)).toEqual(['command'])
  })

  test('fails with all that is wrong with such a file', async () => {
    const include = includeIn(dynamic, growing({ 'web1.yml': '- aptt: {}\n- copy: {}\n' }))
    await expect(include.open({ target: 'web1.yml' })).rejects.toThrow(
      'web1.yml:1:3: There is no module "aptt".\nweb1.yml:2:3: "copy" needs the argument "dest".',
    )
  })

  test('fails when there is no such file', async () => {
    await expect(includeIn(dynamic).open({ target: 'nosuch.yml' })).rejects.toThrow(
      'There is no task file "nosuch.yml".',
    )
  })

  test('shows the text of what was read later', async () => {
    const program = programOf(dynamic, growing({ 'web1.yml': '- command: ls\n' }))
    const [include] = stepsOf(program)
    if (include?.kind === 'include') await include.open({ target: 'web1.yml' })
    expect(program.sources.get('web1.yml')).toBe('- command: ls\n')
  })

  test('may include itself: each time is opened when it is reached', async () => {
    const recursive = {
      'site.yml': tasks('- include_tasks: t.yml'),
      't.yml': '- command: ls\n- include_tasks: t.yml\n',
    }
    const { steps } = await includeIn(recursive).open({ target: 't.yml' })
    const inner = steps[1]
    const again = inner?.kind === 'include' ? await inner.open({ target: 't.yml' }) : undefined
    expect(outline(again?.steps ?? [])).toEqual(['command', 'include_tasks'])
  })
})

describe('include_role', () => {
  const files = {
    'site.yml': tasks(
      '- include_role: {name: r, tasks_from: x, public: yes}\n  vars: {v: 1}\n- command: ls\n  notify: from role',
    ),
    'roles/r/tasks/x.yml': '- command: echo {{ d }} {{ v }}\n',
    'roles/r/defaults/main.yml': 'd: 1\n',
    'roles/r/handlers/main.yml': '- {name: from role, command: ls}\n',
  }

  test('brings its steps, role and handlers', async () => {
    const include = includeIn(files)
    expect(include).toMatchObject({ what: 'role', roleOptions: { public: true } })
    const { steps, handlers, role } = await include.open({ target: 'r', tasksFrom: 'x' })
    expect(outline(steps)).toEqual(['command'])
    expect(handlers.map(({ name }) => name?.text)).toEqual(['from role'])
    expect(role).toMatchObject({ name: 'r', path: '/project/roles/r' })
    expect(only(steps).role).toBe(role)
  })

  test('does not show its defaults to the play', () => {
    const text = {
      ...files,
      'site.yml': tasks('- include_role: {name: r, tasks_from: x}\n  vars: {v: 1}\n- command: echo {{ d }}'),
    }
    expect(compileFiles(text).diagnostics.map(shown)).toEqual([
      'site.yml:5:24 undefined-variable Nothing defines the variable "d".',
    ])
  })

  test('leaves the handlers of a role that is named at run time to the run', () => {
    const text = tasks(
      '- include_role: {name: "{{ inventory_hostname }}"}\n- command: ls\n  notify: anything',
    )
    expect(compileFiles({ 'site.yml': text }).diagnostics).toEqual([])
  })
})

test('tasks included among handlers listen to the name and topics of the include', () => {
  const program = programOf({
    'site.yml': `- hosts: web
  tasks:
    - {command: ls, notify: [all, topic]}
  handlers:
    - name: all
      include_tasks: h.yml
      listen: topic
      when: "1 > 0"
`,
    'h.yml': '- {name: one, command: ls}\n- {command: id, listen: own}\n',
  })
  expect(
    onlyPlay(program).handlers.map(({ listen, when }) => [listen, when.map(({ text }) => text)]),
  ).toEqual([
    [['all', 'topic'], ['1 > 0']],
    [['own', 'all', 'topic'], ['1 > 0']],
  ])
})

describe('a template file', () => {
  const rendered = (text: string) =>
    compileFiles({
      'site.yml': '- hosts: web\n  roles: [r]\n',
      'roles/r/tasks/main.yml': '- template: {src: x.hbs, dest: /x}\n  vars: {port: 1}\n',
      'roles/r/templates/x.hbs': text,
    })

  test('is checked with the task that renders it', () => {
    expect(rendered('a\nb {{ prot }}\n').diagnostics.map(shown)).toEqual([
      'roles/r/templates/x.hbs:2:6 undefined-variable Nothing defines the variable "prot".\n  Did you mean "port"?',
    ])
    expect(rendered('{{ port }}').diagnostics).toEqual([])
  })

  test('tells which facts the play reads', () => {
    const [play] = rendered('{{ facts.os.family }}').program?.plays ?? []
    expect([...(play?.factPaths ?? [])]).toEqual(['os.family'])
  })

  test('is read for its syntax', () => {
    expect(rendered('{{#if port}}').diagnostics).toMatchObject([{ code: 'bad-template', severity: 'error' }])
  })
})

test('imports whose names are made of variables are read before the run, as far as they lead', async () => {
  const texts: Readonly<Record<string, string>> = {
    'a.yml': '- import_tasks: "{{ next }}.yml"\n',
    'b.yml': '- command: ls\n',
  }
  let files: Readonly<Record<string, string>> = { 'site.yml': tasks('- import_tasks: "{{ which }}.yml"') }
  const grow: Around['grow'] = (_, { name }) => {
    files = { ...files, ...(texts[name] !== undefined && { [name]: texts[name] }) }
    return Promise.resolve({ project: projectOf(files), catalogue: testCatalogue })
  }
  const compiled = async (extraVars: string) =>
    compileGrowing(inputOf({ 'site.yml': files['site.yml'] ?? '' }, { grow, extraVars }))
  const { program } = await compiled('{which: a, next: b}')
  expect(program && outline(stepsOf(program))).toEqual(['command'])
  const { diagnostics } = await compiled('{which: c, next: b}')
  expect(diagnostics.map(shown)).toEqual(['site.yml:3:21 file-missing There is no task file "c.yml".'])
})
