import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { editorSchema } from '#app/editor-schema.ts'
import { keywordDescriptions } from '#compile/editor/keyword-descriptions.ts'
import { keywords } from '#compile/keyword-table.ts'
import { parseYaml } from '#load/yaml-source.ts'
import { moduleFiles } from '../../scripts/module-files.ts'
import { inFolder } from '../support/in-folder.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'
import { plainNode } from '../support/plain-node.ts'

async function schemaOf(of: 'playbook' | 'inventory') {
  const terminal = memoryTerminal()
  await editorSchema({ of }, terminal, new AbortController().signal)
  return JSON.parse(terminal.stdout.text)
}

const root = join(import.meta.dirname, '..', '..')
const ajv = new Ajv({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  // To optimise what is used once takes longer than it saves.
  code: { optimize: false },
})
const schemas = { playbook: await schemaOf('playbook'), inventory: await schemaOf('inventory') }
const validators = {
  playbook: ajv.compile({ $id: 'playbook', ...schemas.playbook }),
  inventory: ajv.compile({ $id: 'inventory', ...schemas.inventory }),
  tasks: ajv.compile({ $ref: 'playbook#/definitions/tasks' }),
  handlers: ajv.compile({ $ref: 'playbook#/definitions/handlers' }),
}

/** What an editor would complain about: places and messages. */
function complaints(kind: keyof typeof validators, text: string): readonly string[] {
  const { root: tree, diagnostics } = parseYaml(text, 'f.yml')
  expect(diagnostics).toEqual([])
  const validate = validators[kind]
  validate(plainNode(tree) ?? null)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
/** Those that are there: a link may wait for what a lab writes when it is up. */
const filesLike = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .filter((path) => existsSync(join(root, path)))
    .sort()

describe('the schemas', () => {
  test.each(['playbook', 'inventory'] as const)('of a %s is a schema of draft 7', (kind) => {
    expect(schemas[kind].$schema).toBe('http://json-schema.org/draft-07/schema#')
    expect(ajv.validateSchema(schemas[kind]), JSON.stringify(ajv.errors)).toBe(true)
  })

  test('describe every keyword, and no other', () => {
    expect(Object.keys(keywordDescriptions).sort()).toEqual([...keywords.keys()].sort())
  })

  test('describe every argument of every module', async () => {
    const silent = (await moduleFiles()).flatMap(({ name, definition }) => {
      const [mapping] = schemas.playbook.definitions[`module_${name}`].anyOf
      return Object.keys(Reflect.get(definition.args, 'properties') ?? {})
        .filter((argument) => typeof mapping.properties[argument].description !== 'string')
        .map((argument) => `${name}.${argument}`)
    })
    expect(silent).toEqual([])
  })

  test("know the modules of the project's roles", async () => {
    await inFolder({
      'roles/garden/modules/water-plants.ts': `export default {
  summary: 'Waters the plants.',
  args: { type: 'object', properties: { litres: { type: 'number', description: 'How much.' } }, additionalProperties: false },
  examples: [],
  probe: () => undefined,
  plan: () => [],
}
`,
    })
    const { definitions } = await schemaOf('playbook')
    const { water_plants } = definitions.task_call.properties
    // Without the other modules, which the tests above look at: they take a second.
    const own = new Ajv({ strict: false }).compile({ ...water_plants, definitions })
    expect(own({ litres: 1 })).toBe(true)
    expect(own({ liters: 1 })).toBe(false)
  })
})

describe('what tsplay runs is accepted:', () => {
  const playbooks = filesLike('{test/projects/*,playbooks}/*.yml').filter(
    (path) =>
      /^- .*(hosts|import_playbook|name):/m.test(textOf(path)) &&
      /^(- | {2})(hosts|import_playbook):/m.test(textOf(path)),
  )
  test.each(playbooks)('%s', (path) => {
    expect(complaints('playbook', textOf(path))).toEqual([])
  })

  test.each(filesLike('{test/projects/*/,}roles/*/tasks/*.yml'))('%s', (path) => {
    expect(complaints('tasks', textOf(path))).toEqual([])
  })

  test.each(filesLike('{test/projects/*/,}roles/*/handlers/*.yml'))('%s', (path) => {
    expect(complaints('handlers', textOf(path))).toEqual([])
  })

  test.each(filesLike('{test/projects/*/hosts.yml,inventory/*/*.yml}'))('%s', (path) => {
    expect(complaints('inventory', textOf(path))).toEqual([])
  })

  test('the examples of all modules', async () => {
    const wrong = (await moduleFiles()).flatMap(({ name, definition }) =>
      definition.examples.flatMap(({ title, args }) => {
        validators.tasks([{ name: title, [name]: args }])
        return (validators.tasks.errors ?? []).map(
          ({ instancePath, message }) => `${name} ${instancePath} ${message}`,
        )
      }),
    )
    expect(wrong).toEqual([])
  })

  test.each([
    ['a template for a boolean', '- apt: {name: x, update_cache: "{{ fresh }}"}'],
    ["YAML 1.1's words", '- apt: {name: x, update_cache: yes}\n  become: On'],
    ['a template for a number', '- apt: {name: x, cache_valid_time: "{{ hours }}"}\n  retries: "{{ n }}"'],
    ['a number as text', '- wait_for: {port: "80"}\n  timeout: "5"'],
    [
      'an expression',
      '- systemd: {name: x, enabled: !expr "size(l) > 0", state: !expr "a ? \'started\' : \'stopped\'"}',
    ],
    ['a template for a choice', '- apt: {name: x, state: "{{ wanted }}"}'],
    ['one item for a list', '- apt: {name: nginx}\n- apt: {name: "a, b"}\n- apt: {name: [a, b]}'],
    ['a template for arguments', '- copy: "{{ arguments }}"'],
    ['arguments in one line', '- copy: src=a dest=/b\n- command: ls -l\n- ping:'],
    ['arguments beside the module', '- command: ls\n  args: {chdir: /}'],
    ['other names of arguments', '- copy: {content: x, dest: /a, mode: 0644}\n- apt: {pkg: x}'],
    ['nothing for an argument', '- copy: {src: a, dest: /a, mode: }'],
    [
      'names of collections',
      '- ansible.builtin.copy: {src: a, dest: /b}\n- ansible.builtin.include_tasks: more.yml',
    ],
    ['other names of modules', '- yum: {name: x}\n- action: copy src=a dest=/b'],
    ['variables', '- set_fact: {anything: [1, {a: b}], cacheable: no}'],
    [
      'blocks',
      '- block: [{ping: }]\n  rescue: [{debug: {msg: x}}]\n  always: [{meta: noop}]\n  when: [a, b == 1]',
    ],
    [
      'loops',
      '- ping:\n  loop: [1]\n  loop_control: {loop_var: x, extended: yes}\n- ping:\n  with_items: [1]\n- ping:\n  loop: list',
    ],
    [
      'includes',
      '- include_role: {name: r, public: yes, apply: {tags: x}}\n- import_role: name=r\n- include_tasks: {file: a, apply: {become: yes}}',
    ],
    [
      'conditions',
      '- assert: {that: [a, b], fail_msg: x}\n  when: a\n- assert: {that: a > 1}\n  changed_when: false',
    ],
    ['times', '- ping:\n  confirm: 60s\n- ping:\n  confirm: 60'],
  ])('%s', (_, text) => {
    expect(complaints('tasks', text)).toEqual([])
  })

  test.each([
    [
      'a play',
      '- hosts: [a, b]\n  serial: [1, "30%"]\n  order: sorted\n  gather_facts: no\n  vars_files: [a, [b, c]]',
    ],
    [
      'prompts and roles',
      '- hosts: a\n  vars_prompt: [{name: x, private: no}]\n  roles: [r, {role: s, port: 80, when: x}]',
    ],
    [
      'an import',
      '- import_playbook: a.yml\n  vars: {x: 1}\n  tags: t\n- ansible.builtin.import_playbook: a.yml',
    ],
    [
      'defaults',
      '- hosts: a\n  module_defaults: {apt: {update_cache: yes}, ansible.builtin.copy: {mode: "0644"}}\n  environment: [{A: b}, "{{ more }}"]',
    ],
    ['nothing', ''],
  ])('%s in a playbook', (_, text) => {
    expect(complaints('playbook', text)).toEqual([])
  })

  test.each([
    [
      'groups',
      'all:\n  vars: {a: 1}\n  children: {web: {hosts: {"web[1:3]:2222": {ssh_user: x}, y: }}, db: }',
    ],
    ['a host that is only named', 'web: {hosts: web1, children: db}'],
    [
      'connections',
      'w: {hosts: {h: {ssh_port: "{{ p }}", ansible_port: 22, become: yes, connection: local}}}',
    ],
    ['a priority', 'w: {vars: {ansible_group_priority: 10, ansible_host_key_checking: false}}'],
  ])('%s in an inventory', (_, text) => {
    expect(complaints('inventory', text)).toEqual([])
  })
})

describe('what tsplay refuses is pointed at:', () => {
  test.each([
    ['an unknown keyword', '- ping:\n  wehn: x', '/0'],
    ['an unknown module', '- pnig:', '/0'],
    ['an unknown module of a collection', '- ansible.builtin.pnig:', '/0'],
    ['an unknown argument', '- copy: {scr: a, dest: /b}', '/0/copy'],
    ['a choice that there is not', '- apt: {name: x, state: instaled}', '/0/apt/state'],
    ['text for a number', '- apt: {name: x, cache_valid_time: long}', '/0/apt/cache_valid_time'],
    ['text for a boolean', '- apt: {name: x, update_cache: maybe}', '/0/apt/update_cache'],
    ['a mapping for text', '- copy: {src: {a: b}, dest: /b}', '/0/copy/src'],
    ['a keyword with the wrong type', '- ping:\n  retries: often', '/0/retries'],
    ['a keyword in the wrong place', '- block: []\n  register: x', '/0'],
    ['a keyword that an include does not take', '- include_tasks: a\n  become: yes', '/0'],
    ['an option that an include does not have', '- include_role: {nam: r}', '/0/include_role'],
    ['a thing that meta cannot do', '- meta: flush', '/0/meta'],
    ['a mistake deep inside', '- block:\n    - block:\n        - copy: {scr: a}', '/0/block/0/block/0/copy'],
    ['a list for text', '- command: [ls, -l]', '/0/command'],
    ['a mapping of tasks', 'ping:', ''],
  ])('%s', (_, text, place) => {
    expect(complaints('tasks', text).some((one) => one.startsWith(`${place} `))).toBe(true)
  })

  test.each([
    ['a play without hosts', '- tasks: []', '/0'],
    ['a task where a play belongs', '- ping:', '/0'],
    ['a strategy that there is not', '- hosts: a\n  strategy: fast', '/0/strategy'],
    ['an unknown key of a prompt', '- hosts: a\n  vars_prompt: [{name: x, hide: yes}]', '/0/vars_prompt'],
    ['a default of an unknown module', '- hosts: a\n  module_defaults: {atp: {}}', '/0/module_defaults'],
    ['a name that no variable can have', '- hosts: a\n  vars: {a-b: 1}', '/0/vars'],
    ['a playbook that is a mapping', 'hosts: a', ''],
  ])('%s in a playbook', (_, text, place) => {
    expect(complaints('playbook', text).some((one) => one.startsWith(`${place} `))).toBe(true)
  })

  test.each([
    ['an unknown section', 'web: {hots: {a: }}', '/web'],
    ['a list of hosts', 'web: {hosts: [a]}', '/web/hosts'],
    ['a port that there cannot be', 'web: {hosts: {a: {ssh_port: 70000}}}', '/web/hosts/a/ssh_port'],
    [
      'a connection that there is not',
      'web: {hosts: {a: {ansible_connection: docker}}}',
      '/web/hosts/a/ansible_connection',
    ],
    ['a configuration of a plugin', 'plugin: aws_ec2\nregions: [a]', '/plugin'],
  ])('%s in an inventory', (_, text, place) => {
    expect(complaints('inventory', text).some((one) => one.startsWith(`${place} `))).toBe(true)
  })
})
