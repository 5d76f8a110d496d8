import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type LoadRequest, loadProject } from '#load/load-project.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import { UsageError } from '#model/usage-error.ts'
import { plainNode } from '../support/plain-node.ts'
import { writeFiles } from '../support/write-files.ts'

async function load(files: Readonly<Record<string, string>>, request: Partial<LoadRequest> = {}) {
  const cwd = request.cwd ?? (await writeFiles(files))
  const loaded = await loadProject({ playbooks: ['site.yml'], inventories: [], cwd, ...request })
  const at = (path: string) => join(cwd, path)
  const inside = (paths: Iterable<string>) => [...paths].map((path) => path.replace(`${cwd}/`, '')).sort()
  return { ...loaded, cwd, at, inside }
}

const show = ({ code, message, range, remedy }: Diagnostic) =>
  `${code} ${range?.file}:${range?.start.line}:${range?.start.column} ${message} ${remedy}`

test('roles beside a folder of playbooks are found from any working folder', async () => {
  const root = await writeFiles({
    'playbooks/site.yml': '- {hosts: all, roles: [base]}\n',
    'roles/base/tasks/main.yml': '- debug: {}\n',
    'elsewhere/x.yml': '',
  })
  const { project, diagnostics } = await loadProject({
    playbooks: [join(root, 'playbooks/site.yml')],
    inventories: [],
    cwd: join(root, 'elsewhere'),
  })
  expect(diagnostics).toEqual([])
  expect(project.roles.get('base')?.path).toBe(join(root, 'roles/base'))
})

describe('playbooks', () => {
  test('import others, each relative to its own folder', async () => {
    const { project, diagnostics } = await load({
      'site.yml': '- import_playbook: plays/a.yml\n- ansible.builtin.import_playbook: plays/b.yml\n',
      'plays/a.yml': '- import_playbook: b.yml\n',
      'plays/b.yml': '- hosts: all\n',
    })
    expect(diagnostics).toEqual([])
    const [site] = project.playbooks
    expect([...(site?.imports.keys() ?? [])]).toEqual(['plays/a.yml', 'plays/b.yml'])
    expect(site?.imports.get('plays/a.yml')?.imports.get('b.yml')?.path).toBe('plays/b.yml')
  })

  test('that import each other are refused', async () => {
    const { diagnostics } = await load({
      'site.yml': '- import_playbook: a.yml\n',
      'a.yml': '- import_playbook: site.yml\n',
    })
    expect(diagnostics.map(show)).toEqual([
      expect.stringContaining(
        'include-cycle a.yml:1:20 "site.yml" imports itself without end: site.yml → a.yml → site.yml.',
      ),
    ])
  })

  test('that do not exist are a wrong command line, with the nearest name', async () => {
    await expect(load({ 'sites.yml': '' })).rejects.toThrow(UsageError)
    await expect(load({ 'sites.yml': '' })).rejects.toMatchObject({ remedy: 'Did you mean "sites.yml"?' })
    await expect(load({ 'x/site.yml': '' }, { playbooks: ['x'] })).rejects.toThrow('is a folder')
  })
})

describe('files named in the text', () => {
  const files = {
    'site.yml': `
- hosts: all
  vars_files: [a.yml, [gone.yml, vars/b.yml], "{{ os }}.yml"]
  pre_tasks: [{import_tasks: t/one.yml}]
  tasks:
    - block: [{include_tasks: {file: t/two.yml}}]
      rescue: [{include_tasks: null, args: {file: t/three.yml}}]
      always: [{include_vars: c.yml}]
    - include_tasks: "t/{{ x }}.yml"
    - template: {src: motd.hbs, dest: /etc/motd}
    - copy: src=some.txt dest=/tmp
    - script: run.sh --now
  handlers: [{import_tasks: h.yml}]
`,
    't/one.yml': '- include_tasks: nested.yml\n',
    't/nested.yml': '- debug: {}\n',
    't/two.yml': '- debug: {}\n',
    't/three.yml': '- debug: {}\n',
    't/other.yml': '- include_tasks: two.yml\n',
    'h.yml': '- debug: {}\n',
    'a.yml': 'a: 1\n',
    'vars/b.yml': 'b: 1\n',
    'vars/c.yml': 'c: 1\n',
    'templates/motd.hbs': '',
    'files/some.txt': '',
    'run.sh': '',
  }

  test('are read, those inside blocks, handlers and other files too', async () => {
    const { project, diagnostics, inside } = await load(files)
    expect(diagnostics).toEqual([])
    expect(inside(project.taskFiles.keys())).toEqual([
      'h.yml',
      't/nested.yml',
      't/one.yml',
      't/three.yml',
      't/two.yml',
    ])
    expect(inside(project.varsFiles.keys())).toEqual(['a.yml', 'vars/b.yml', 'vars/c.yml'])
  })

  test('can be resolved without looking again', async () => {
    const { project, at } = await load(files)
    const from = at('site.yml')
    const find = (kind: Parameters<typeof project.resolve>[0]['kind'], name: string, file = from) =>
      project.resolve({ kind, name, from: file })?.replace(at('/'), '')
    expect(find('tasks', 't/one.yml')).toBe('t/one.yml')
    expect(find('tasks', 'nested.yml', at('t/one.yml'))).toBe('t/nested.yml')
    expect(find('vars', 'vars/b.yml')).toBe('vars/b.yml')
    expect(find('vars', 'c.yml')).toBe('vars/c.yml')
    expect(find('template', 'motd.hbs')).toBe('templates/motd.hbs')
    expect(find('file', 'some.txt')).toBe('files/some.txt')
    expect(find('file', 'run.sh')).toBe('run.sh')
    expect(find('tasks', 't/other.yml')).toBeUndefined()
  })

  test('keep their text for carets', async () => {
    const { project } = await load(files)
    expect(project.sources.get('t/two.yml')).toBe('- debug: {}\n')
  })

  test('a run may name more', async () => {
    const { grow, project, at, cwd } = await load(files)
    const from = at('site.yml')
    const grown = await grow({ kind: 'tasks', name: 't/other.yml', from })
    expect(grown.resolve({ kind: 'tasks', name: 't/other.yml', from })).toBe(at('t/other.yml'))
    expect(grown.diagnostics).toEqual([])
    await writeFile(join(cwd, 'made.yml'), '- import_tasks: nope.yml\n')
    const more = await grow({ kind: 'tasks', name: 'made.yml', from })
    expect(plainNode(more.taskFiles.get(at('made.yml'))?.root)).toEqual([{ import_tasks: 'nope.yml' }])
    expect(more.diagnostics.map(show)).toEqual([expect.stringContaining('file-missing made.yml:1:17')])
    const same = await grow({ kind: 'tasks', name: 'never.yml', from })
    expect(same.resolve({ kind: 'tasks', name: 'never.yml', from })).toBeUndefined()
    expect(project.diagnostics).toEqual([])
  })

  test('a run may read variables, and is told what is wrong with them', async () => {
    const { varsFile, at } = await load({ ...files, 'late.yml': 'x: 1', 'bad.yml': 'x: [1' })
    expect(plainNode((await varsFile(at('late.yml'))).root)).toEqual({ x: 1 })
    for (let i = 0; i < 2; i++)
      await expect(varsFile(at('bad.yml'))).rejects.toMatchObject({ range: { file: 'bad.yml' } })
    await expect(varsFile(at('none.yml'))).rejects.toThrow('There is no file "none.yml".')
  })

  test.each([
    [
      '- hosts: all\n  vars_files: vras.yml\n',
      'file-missing site.yml:2:15 There is no file of variables "vras.yml". Did you mean "vars.yml"? Searched: vars/vras.yml, vras.yml.',
    ],
    [
      '- hosts: all\n  tasks: [{import_tasks: t/setpu.yml}]\n',
      'file-missing site.yml:2:26 There is no task file "t/setpu.yml". Did you mean "t/setup.yml"?',
    ],
    [
      '- hosts: all\n  handlers: [{include_tasks: x/y.yml}]\n',
      'file-missing site.yml:2:30 There is no file of handlers "x/y.yml". Searched: x/y.yml.',
    ],
    [
      '- hosts: all\n  tasks: [{include_vars: nope.yml}]\n',
      'file-missing site.yml:2:26 There is no file of variables "nope.yml".',
    ],
    ['- import_playbook: nope.yml\n', 'file-missing site.yml:1:20 There is no playbook "nope.yml".'],
    [
      '- hosts: all\n  roles: [comon]\n',
      'unknown-role site.yml:2:11 There is no role "comon". Did you mean "common"? Searched in roles,',
    ],
    [
      '- hosts: all\n  tasks: [{include_role: {name: nope}}]\n',
      'unknown-role site.yml:2:33 There is no role "nope".',
    ],
    [
      '- hosts: all\n  vars_files: list.yml\n',
      'wrong-shape list.yml:1:1 "list.yml" is a file of variables and must be a mapping.',
    ],
  ])('%j is explained', async (site, message) => {
    const { diagnostics } = await load({
      'site.yml': site,
      'vars.yml': '',
      't/setup.yml': '',
      'list.yml': '- 1',
      'roles/common/tasks/main.yml': '',
    })
    expect(diagnostics.map(show).join('\n')).toContain(message)
    expect(diagnostics).toHaveLength(1)
  })

  test.each(['ignore_errors: true', 'when: x'])(
    'an include_vars that may fail is left to the run: %s',
    async (guard) => {
      const { diagnostics } = await load({
        'site.yml': `- hosts: all\n  tasks:\n    - include_vars: nope.yml\n      ${guard}\n`,
      })
      expect(diagnostics).toEqual([])
    },
  )

  test('that import each other are read once', async () => {
    const { project } = await load({
      'site.yml': '- hosts: all\n  tasks: [{import_tasks: a.yml}]\n',
      'a.yml': '- import_tasks: b.yml\n',
      'b.yml': '- import_tasks: a.yml\n',
    })
    expect(project.taskFiles.size).toBe(2)
  })
})

describe('roles', () => {
  test('are read with all their folders', async () => {
    const { project, diagnostics, inside, at } = await load({
      'site.yml': '- hosts: all\n  roles: [web]\n',
      'roles/web/tasks/main.yml': '- include_tasks: sub/more.yml\n- template: {src: a.hbs, dest: /a}\n',
      'roles/web/tasks/sub/more.yml': '- debug: {}\n',
      'roles/web/handlers/main.yaml': '- name: h\n',
      'roles/web/defaults/main/20.yml': 'a: 20\n',
      'roles/web/defaults/main/10.yml': 'a: 10\n',
      'roles/web/vars/main.yml': 'b: 1\n',
      'roles/web/vars/main/ignored.yml': 'b: 2\n',
      'roles/web/vars/debian.yml': 'c: 1\n',
      'roles/web/meta/main.yml': 'dependencies: [base]\nargument_specs: {main: {}}\n',
      'roles/web/templates/a.hbs': '',
      'roles/web/modules/thing.ts': '',
      'roles/web/modules/thing.test.ts': '',
      'roles/base/meta/role.yml': 'summary: x\n',
      'roles/base/meta/argument_specs.yml': 'argument_specs: {}\n',
    })
    expect(diagnostics).toEqual([])
    const web = project.roles.get('web')
    expect([...(web?.tasks.keys() ?? [])].sort()).toEqual(['main', 'sub/more'])
    expect([...(web?.handlers.keys() ?? [])]).toEqual(['main'])
    expect(web?.defaults.get('main')?.map(({ path }) => path)).toEqual([
      'roles/web/defaults/main/10.yml',
      'roles/web/defaults/main/20.yml',
    ])
    expect(web?.vars.get('main')?.map(({ path }) => path)).toEqual(['roles/web/vars/main.yml'])
    expect(web?.vars.get('debian')).toHaveLength(1)
    expect(inside(web?.modules ?? [])).toEqual(['roles/web/modules/thing.ts'])
    expect(web?.argumentSpecs?.path).toBe('roles/web/meta/main.yml')
    expect(project.roles.get('base')).toMatchObject({
      meta: { path: 'roles/base/meta/role.yml' },
      argumentSpecs: { path: 'roles/base/meta/argument_specs.yml' },
    })
    const from = at('roles/web/tasks/main.yml')
    expect(project.resolve({ kind: 'tasks', name: 'sub/more.yml', from, role: 'web' })).toBe(
      at('roles/web/tasks/sub/more.yml'),
    )
    expect(project.resolve({ kind: 'template', name: 'a.hbs', from, role: 'web' })).toBe(
      at('roles/web/templates/a.hbs'),
    )
  })

  test('are found beside the playbook, in the working folder, on the roles path, beside each other and by path', async () => {
    const { project, diagnostics, inside } = await load(
      {
        'plays/site.yml':
          '- hosts: all\n  roles: [a, b, c, ../odd/d, {role: deep/e}]\n  tasks: [{import_role: name=f}]\n',
        'plays/roles/a/tasks/main.yml': '',
        'plays/roles/deep/e/tasks/main.yml': '',
        'roles/a/tasks/main.yml': '- wrong one',
        'roles/b/tasks/main.yml': '',
        'extra/c/meta/main.yml': 'dependencies: [{role: g}]',
        'extra/g/tasks/main.yml': '',
        'odd/d/tasks/main.yml': '',
        'plays/f/tasks/main.yml': '',
      },
      { playbooks: ['plays/site.yml'], rolesPath: ['extra'] },
    )
    expect(diagnostics).toEqual([])
    expect([...project.roles.keys()].sort()).toEqual(['../odd/d', 'a', 'b', 'c', 'deep/e', 'f', 'g'])
    expect(inside([...project.roles.values()].map(({ path }) => path))).toEqual([
      'extra/c',
      'extra/g',
      'odd/d',
      'plays/f',
      'plays/roles/a',
      'plays/roles/deep/e',
      'roles/b',
    ])
    expect(project.roles.get('../odd/d')?.name).toBe('d')
  })

  test('may need each other; that is for others to judge', async () => {
    const { project } = await load({
      'site.yml': '- hosts: all\n  roles: [a]\n',
      'roles/a/meta/main.yml': 'dependencies: [b]\n',
      'roles/b/meta/main.yml': 'dependencies: [a]\n',
    })
    expect([...project.roles.keys()].sort()).toEqual(['a', 'b'])
  })

  test('of one name in two folders are refused', async () => {
    const { diagnostics } = await load(
      {
        'x/one.yml': '- hosts: all\n  roles: [r]\n',
        'x/roles/r/tasks/main.yml': '',
        'y/two.yml': '- hosts: all\n  roles: [r]\n',
        'y/roles/r/tasks/main.yml': '',
      },
      { playbooks: ['x/one.yml', 'y/two.yml'] },
    )
    expect(diagnostics).toMatchObject([
      { code: 'unknown-role', message: expect.stringContaining('means two folders') },
    ])
  })

  test('a run may name one more', async () => {
    const { grow, at } = await load({
      'site.yml': '- hosts: all\n',
      'roles/late/tasks/main.yml': '- import_tasks: x.yml\n',
      'roles/late/tasks/x.yml': '',
    })
    const grown = await grow({ kind: 'role', name: 'late', from: at('site.yml') })
    expect(grown.roles.get('late')?.path).toBe(at('roles/late'))
    expect((await grow({ kind: 'role', name: 'none', from: at('site.yml') })).roles.has('none')).toBe(false)
  })
})

describe('whole projects', () => {
  test('all mistakes of all files are shown, by file and place', async () => {
    const { diagnostics } = await load(
      {
        'site.yml': '- hosts: all\n  roles: [a, nope]\n  tasks: [{import_tasks: gone.yml}]\n',
        'roles/a/tasks/main.yml': '- debug: {{ x }}\n',
        'roles/a/defaults/main.yml': 'a: 1\na: 2\n',
        'hosts.yml': 'all: {hots: {}}\n',
        'group_vars/all.yml': 'omit: 1\n',
      },
      { inventories: ['hosts.yml'] },
    )
    expect(diagnostics.map(({ code, range }) => `${range?.file}:${range?.start.line} ${code}`)).toEqual([
      'group_vars/all.yml:1 reserved-variable',
      'hosts.yml:1 bad-inventory',
      'roles/a/defaults/main.yml:2 duplicate-key',
      'roles/a/tasks/main.yml:1 yaml-syntax',
      'site.yml:2 unknown-role',
      'site.yml:3 file-missing',
    ])
  })

  test('files outside the working folder are shown with their whole path', async () => {
    const outside = await writeFiles({ 'play.yml': '- a: 1\n  a: 2\n' })
    const { diagnostics } = await load({}, { playbooks: [join(outside, 'play.yml')] })
    expect(diagnostics[0]?.range?.file).toBe(join(outside, 'play.yml'))
  })

  test('a file that is not UTF-8 text is named', async () => {
    const cwd = await writeFiles({ 'site.yml': new Uint8Array([0x61, 0xff, 0xfe]) })
    const { diagnostics } = await load({}, { cwd })
    expect(diagnostics).toMatchObject([
      { code: 'file-unreadable', message: expect.stringContaining('not UTF-8') },
    ])
  })

  test('each of two hundred files is read once', async () => {
    const task =
      '- name: t\n  template: {src: a.hbs, dest: /a, mode: "0644"}\n  when: facts.os.family == "Debian"\n'
    const names = Array.from({ length: 50 }, (_, i) => `r${i}`)
    const files: Record<string, string> = { 'site.yml': `- hosts: all\n  roles: [${names.join(', ')}]\n` }
    for (const name of names) {
      files[`roles/${name}/tasks/main.yml`] = task.repeat(8)
      files[`roles/${name}/handlers/main.yml`] = '- name: h\n  service: {name: x, state: restarted}\n'
      files[`roles/${name}/defaults/main.yml`] = `${name}_a: 1\n`.repeat(1)
      files[`roles/${name}/vars/main.yml`] = `${name}_b: 1\n`
    }
    const cwd = await writeFiles(files)
    const { project } = await load({}, { cwd })
    expect(project.sources.size).toBe(201)
  })
})
