import { describe, expect, test } from 'vitest'
import { explainVariable } from '#load/explain-variable.ts'
import { loadInventory } from '#load/load-project.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import { hostGroups } from '#model/host-groups.ts'
import { hostLayers } from '#model/host-layers.ts'
import type { Inventory } from '#model/inventory.ts'
import { UsageError } from '#model/usage-error.ts'
import { noLookup } from '../support/no-lookup.ts'
import { writeFiles } from '../support/write-files.ts'

type Files = Readonly<Record<string, string>>

async function load(
  files: Files,
  request: { inventories?: readonly string[]; playbooks?: readonly string[] } = {},
) {
  const cwd = await writeFiles(files)
  const inventories = request.inventories ?? Object.keys(files).filter((name) => /^hosts/.test(name))
  return loadInventory({ playbooks: [], ...request, inventories, cwd })
}

/** The inventory of files that have nothing wrong. */
async function good(files: Files, request?: Parameters<typeof load>[1]): Promise<Inventory> {
  const { inventory, diagnostics } = await load(files, request)
  expect(diagnostics).toEqual([])
  return inventory
}

async function findings(files: Files, request?: Parameters<typeof load>[1]): Promise<readonly string[]> {
  return (await load(files, request)).diagnostics.map(show)
}

const show = ({ code, message, range, remedy }: Diagnostic) =>
  `${code} ${range?.file ?? ''}:${range?.start.line ?? ''}:${range?.start.column ?? ''} ${message} ${remedy ?? ''}`

function vars(inventory: Inventory, name: string): Readonly<Record<string, unknown>> {
  const host = inventory.hosts.get(name)
  const layers = host ? hostLayers(inventory, host) : []
  return Object.fromEntries(
    layers.flatMap((layer) => [...layer.vars].map(([key, value]) => [key, value.render(noLookup())])),
  )
}

const hosts = (inventory: Inventory) => [...inventory.hosts.keys()].filter((name) => name !== 'localhost')
const groupNames = (inventory: Inventory, name: string) => {
  const host = inventory.hosts.get(name)
  return host && hostGroups(inventory, host).map((group) => group.name)
}

describe('YAML', () => {
  test('groups hold hosts, variables and groups', async () => {
    const inventory = await good({
      'hosts.yml': `
all:
  hosts: {lone: }
  vars: {a: 1}
  children:
    prod:
      children:
        web: {hosts: {'web[01:02]:2222': {x: 1}}}
        db: {hosts: db1}
`,
    })
    expect(hosts(inventory)).toEqual(['lone', 'web01', 'web02', 'db1'])
    expect(vars(inventory, 'web02')).toEqual({ a: 1, x: 1, ssh_port: 2222 })
    expect(groupNames(inventory, 'web01')).toEqual(['prod', 'web'])
    expect(groupNames(inventory, 'lone')).toEqual(['ungrouped'])
    expect(inventory.groups.get('all')).toMatchObject({
      children: ['prod', 'ungrouped'],
      hosts: ['lone'],
      depth: 0,
    })
    expect(inventory.groups.get('web')).toMatchObject({ hosts: ['web01', 'web02'], depth: 2, priority: 1 })
  })

  test('an explicit port is stronger than that of the key, under either spelling', async () => {
    const inventory = await good({ 'hosts.yml': 'g: {hosts: {"h:22": {ansible_port: 2200}}}' })
    expect(vars(inventory, 'h')).toEqual({ ansible_port: 2200 })
  })

  test('the later spelling of a connection variable replaces the earlier in one source', async () => {
    const inventory = await good({
      'hosts.yml': 'a: {hosts: {h: {ssh_user: x}}}\nb: {hosts: {h: {ansible_user: y}}}',
    })
    expect(vars(inventory, 'h')).toEqual({ ansible_user: 'y' })
  })

  test.each([
    [
      'all:\n  hostz: {}\n',
      'bad-inventory hosts.yml:2:3 The group "all" has no section "hostz". Did you mean "hosts"?',
    ],
    [
      'all:\n  foo: {}\n',
      'bad-inventory hosts.yml:2:3 The group "all" has no section "foo". Put hosts under',
    ],
    [
      'all:\n  hosts: [a]\n',
      'wrong-shape hosts.yml:2:10 "hosts" of the group "all" is not a mapping. Write each name as a key',
    ],
    ['all:\n  hosts: {a: 5}\n', 'wrong-shape hosts.yml:2:14 The host "a" has a value'],
    ['all: 5\n', 'wrong-shape hosts.yml:1:6 The group "all" is not a mapping.'],
    ['- a\n', 'wrong-shape hosts.yml:1:1 An inventory is a mapping of groups.'],
    ['plugin: x\n', 'wrong-shape hosts.yml:1:1 This is the configuration of an Ansible inventory plugin'],
    ['all: {hosts: {"w[3:1]": }}', 'bad-inventory hosts.yml:1:15 The range "[3:1]" begins behind its end.'],
    [
      'all: {vars: {inventory_hostname: x}}',
      'reserved-variable hosts.yml:1:14 tsplay itself sets "inventory_hostname".',
    ],
    ['all: {vars: {a-b: x}}', 'invalid-name hosts.yml:1:14 "a-b" is not the name of a variable'],
    ['all: {vars: {1a: x}}', 'invalid-name hosts.yml:1:14 "1a" is not the name of a variable'],
    [
      'g: {vars: {ansible_group_priority: x}}',
      'wrong-type hosts.yml:1:36 "ansible_group_priority" must be a whole number.',
    ],
    ['all: {vars: {a: "{{ x"}}', 'bad-template hosts.yml:1:'],
    ['g: {hosts: {g: }}', 'bad-inventory hosts.yml:1:13 "g" is the name of a host and of a group'],
    ['a: 1\na: 2', 'duplicate-key hosts.yml:2:1'],
  ])('%j is explained', async (text, message) => {
    expect((await findings({ 'hosts.yml': text })).join('\n')).toContain(message)
  })

  test('all mistakes of a file are shown at once, in its order', async () => {
    const found = await findings({ 'hosts.yml': 'all:\n  hostz: {}\n  vars: {omit: 1}\nweb:\n  vasr: {}\n' })
    expect(found.map((text) => text.split(' ')[1])).toEqual([
      'hosts.yml:2:3',
      'hosts.yml:3:10',
      'hosts.yml:5:3',
    ])
  })
})

describe('groups', () => {
  test('depth is the longest path from all', async () => {
    const inventory = await good({
      'hosts.yml': 'a: {children: {b: {children: {c: }}, c: }}\nx: {children: {a: }}\nc: {hosts: {h: }}',
    })
    const depths = [...inventory.groups.values()].map(({ name, depth }) => `${name}${depth}`)
    expect(depths).toEqual(['all0', 'ungrouped1', 'a2', 'b3', 'c4', 'x1'])
    expect(inventory.groups.get('all')?.children).toEqual(['ungrouped', 'x'])
  })

  test.each([
    ['a: {children: {a: }}', 'The group "a" contains itself.', 1],
    [
      'a: {children: {b: }}\nb: {children: {a: }}',
      'The groups "a" and "b" contain each other: a → b → a.',
      2,
    ],
    ['a: {children: {b: }}\nb: {children: {c: }}\nc: {children: {a: }}', 'a → b → c → a', 3],
    ['a: {children: {all: }}', 'The group "all" cannot be part of the group "a"', 1],
  ])('a circle is refused: %j', async (text, message, line) => {
    const { diagnostics, inventory } = await load({ 'hosts.yml': text })
    expect(diagnostics).toMatchObject([{ code: 'group-cycle', range: { start: { line } } }])
    expect(diagnostics[0]?.message).toContain(message)
    expect(inventory.groups.has('a')).toBe(true)
  })

  test('a circle shows both places', async () => {
    const { diagnostics } = await load({ 'hosts.yml': 'a: {children: {b: }}\nb: {children: {a: }}' })
    expect(diagnostics[0]?.related?.[0]?.range.start).toMatchObject({ line: 1, column: 16 })
  })

  test('deeper groups win, then higher priority, then the later name', async () => {
    const inventory = await good({
      'hosts.yml': `
top: {vars: {deep: top, ansible_group_priority: 99}, children: {a: }}
a: {hosts: {h: }, vars: {deep: a, p: a, n: a, ansible_group_priority: 10}}
b: {hosts: {h: }, vars: {p: b, n: b}, children: {}}
c: {hosts: {h: }, vars: {n: c}}
`,
    })
    expect(vars(inventory, 'h')).toEqual({ deep: 'a', p: 'a', n: 'a' })
    expect(groupNames(inventory, 'h')).toEqual(['b', 'c', 'top', 'a'])
    expect(inventory.groups.get('a')?.priority).toBe(10)
  })

  test('equal groups are merged by name', async () => {
    const inventory = await good({
      'hosts.yml': 'z: {hosts: {h: }, vars: {v: z}}\nb: {hosts: {h: }, vars: {v: b}}',
    })
    expect(vars(inventory, 'h')).toEqual({ v: 'z' })
  })

  test('priority is refused in group_vars, where it would do nothing', async () => {
    const found = await findings({ 'hosts.yml': 'g: ', 'group_vars/g.yml': 'ansible_group_priority: 2' })
    expect(found[0]).toContain('reserved-variable group_vars/g.yml:1:1')
    expect(found[0]).toContain('in the inventory itself')
  })

  test('a host of a group is not ungrouped, even when a source says so', async () => {
    const inventory = await good({
      'hosts.yml': 'ungrouped: {hosts: {a: , b: }}\ng: {hosts: {b: }}\nall: {hosts: {c: }}',
    })
    expect(inventory.groups.get('ungrouped')?.hosts).toEqual(['a', 'c'])
    expect(groupNames(inventory, 'b')).toEqual(['g'])
  })
})

describe('variables beside inventory and playbook', () => {
  // What Ansible 2.14 gives for the same files.
  const files = {
    'inv/hosts':
      '[child]\nh1 l8=8\n[child:vars]\nl3=child\nall_beats_child=3\n[parent:children]\nchild\n[parent:vars]\nl3=parent\n[all:vars]\nl3=all\n',
    'inv/group_vars/all.yml': 'all_beats_child: 4\nl5: 4\n',
    'play/group_vars/all.yml': 'l5: 5\nl6: 5\n',
    'inv/group_vars/child.yml': 'l6: 6\nl7: 6\n',
    'play/group_vars/parent.yml': 'l7: 7\nl8: 7\nl9: 7\n',
    'inv/host_vars/h1.yml': 'l9: 9\nl10: 9\n',
    'play/host_vars/h1.yaml': 'l10: 10\n',
    'play/site.yml': '',
  }
  const request = { inventories: ['inv'], playbooks: ['play/site.yml'] }

  test('follow the levels 3 to 10', async () => {
    expect(vars(await good(files, request), 'h1')).toEqual({
      l3: 'child',
      all_beats_child: 4,
      l5: 5,
      l6: 6,
      l7: 7,
      l8: 8,
      l9: 9,
      l10: 10,
    })
  })

  test('a variable can be explained, strongest place first', async () => {
    const explained = explainVariable({ inventory: await good(files, request) }, 'h1', 'l9')
    expect(
      explained.map(({ level, origin, range, winner }) => [level, origin, range.start.line, winner]),
    ).toEqual([
      [9, 'inv/host_vars/h1.yml', 1, true],
      [7, 'play/group_vars/parent.yml', 3, false],
    ])
    expect(explainVariable({ inventory: await good(files, request) }, 'nobody', 'l9')).toEqual([])
  })

  test('a connection variable is explained under all its spellings', async () => {
    const inventory = await good({ 'hosts.yml': 'g: {hosts: {h: {ansible_host: a}}, vars: {ssh_host: b}}' })
    const explained = explainVariable({ inventory }, 'h', 'ansible_ssh_host')
    expect(explained.map(({ name, winner }) => [name, winner])).toEqual([
      ['ansible_host', true],
      ['ssh_host', false],
    ])
  })

  test('a folder of files applies in order of names, without hidden files, backups and other endings', async () => {
    const inventory = await good({
      'hosts.yml': 'g: {hosts: {h: }}',
      'group_vars/g/10.yml': 'a: 10\nb: 10',
      'group_vars/g/20.yaml': 'b: 20\nc: 20',
      'group_vars/g/30/x.json': '{"c": 30}',
      'group_vars/g/40': 'd: 40',
      'group_vars/g/.hidden.yml': 'a: 0',
      'group_vars/g/50.yml~': 'a: 0',
      'group_vars/g/50.txt': 'a: 0',
      'group_vars/g/sub.d/x.yml': 'a: 0',
    })
    expect(vars(inventory, 'h')).toEqual({ a: 10, b: 20, c: 30, d: 40 })
  })

  test('of a folder and a file of one name the folder counts, with a warning', async () => {
    const { inventory, diagnostics } = await load({
      'hosts.yml': 'g: {hosts: {h: }}',
      'group_vars/g/x.yml': 'a: folder',
      'group_vars/g.yml': 'a: file',
    })
    expect(vars(inventory, 'h')).toEqual({ a: 'folder' })
    expect(diagnostics).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('group_vars/g.yml') },
    ])
  })

  test('the second inventory folder beats the first, whatever the depth of the group', async () => {
    const inventory = await good(
      {
        'one/hosts': '[child]\nh\n[parent:children]\nchild\n',
        'one/group_vars/child.yml': 'v: one child',
        'two/hosts': '[child]\nh\n',
        'two/group_vars/parent.yml': 'v: two parent',
      },
      { inventories: ['one', 'two'] },
    )
    expect(vars(inventory, 'h')).toEqual({ v: 'two parent' })
  })

  test('a file of variables must be a mapping; an empty one is fine', async () => {
    const found = await findings({
      'hosts.yml': 'g: {hosts: {h: }}',
      'group_vars/g.yml': '- a',
      'host_vars/h.yml': '# later\n',
    })
    expect(found).toEqual([expect.stringContaining('wrong-shape group_vars/g.yml:1:1')])
  })
})

describe('several sources', () => {
  test('merge in order, later ones winning', async () => {
    const inventory = await good(
      { 'b.yml': 'g: {hosts: {h: {v: b, w: b}}}', 'a.yml': 'g: {hosts: {i: , h: {v: a}}}' },
      { inventories: ['b.yml', 'a.yml'] },
    )
    expect(vars(inventory, 'h')).toEqual({ v: 'a', w: 'b' })
    expect(hosts(inventory)).toEqual(['h', 'i'])
    expect(inventory.sources).toEqual(['b.yml', 'a.yml'])
  })

  test('in a folder apply in order of names, without what is none', async () => {
    const inventory = await good(
      {
        'inv/2.yml': 'g: {hosts: {h: {v: 2}}}',
        'inv/10.yml': 'g: {hosts: {h: {v: 10}}}',
        'inv/3/deep.yml': 'g: {hosts: {h: {v: 3}}}',
        'inv/.hidden': 'x',
        'inv/readme.md': '# no inventory',
        'inv/old.yml.bak': 'x',
        'inv/site.retry': 'x',
        'inv/ansible.cfg': '[defaults]\n',
        'inv/hosts.yml~': 'x',
        'inv/group_vars/all.yml': 'a: 1',
      },
      { inventories: ['inv'] },
    )
    expect(vars(inventory, 'h')).toEqual({ v: 3, a: 1 })
    expect(inventory.directory).toMatch(/inv$/)
  })

  test('a list of hosts needs a comma', async () => {
    const inventory = await good({}, { inventories: ['h1,w[1:2]:22,'] })
    expect(hosts(inventory)).toEqual(['h1', 'w1', 'w2'])
    expect(inventory.directory).toBeUndefined()
    await expect(load({}, { inventories: ['h1'] })).rejects.toThrow(UsageError)
    await expect(load({}, { inventories: [','] })).rejects.toThrow(UsageError)
  })

  test('TOML and programs without the right to run are explained', async () => {
    const found = await findings({ 'hosts.toml': '[x]' }, { inventories: ['hosts.toml'] })
    expect(found[0]).toContain('bad-inventory hosts.toml:1:1 Inventories in TOML are not read.')
  })
})

describe('localhost', () => {
  test('exists without being named, is local and in no group', async () => {
    const inventory = await good({
      'hosts.yml': 'all: {vars: {a: 1}, hosts: {h: }}',
      'host_vars/localhost.yml': 'b: 2',
    })
    expect(inventory.hosts.get('localhost')).toMatchObject({ groups: [] })
    expect(inventory.hosts.get('localhost')?.range).toBeUndefined()
    expect(vars(inventory, 'localhost')).toEqual({ a: 1, connection: 'local', b: 2 })
  })

  test('is an ordinary host when a source names it', async () => {
    const inventory = await good({ 'hosts.yml': 'g: {hosts: {localhost: }}' })
    expect(groupNames(inventory, 'localhost')).toEqual(['g'])
    expect(vars(inventory, 'localhost')).toEqual({})
  })
})

describe('addresses', () => {
  test.each([
    ['a: {ssh_host: x}, b: {ansible_host: X}'],
    ['a: {ssh_host: b}, b: '],
    ['a: {ssh_host: x, ssh_port: 22}, b: {ssh_host: x}'],
    ['a: {ssh_host: x, shared_address: true}, b: {ssh_host: x}'],
    ['a: {ssh_host: x, ssh_jump: j}, b: {ssh_host: x, ssh_jump: j}'],
  ])('%s are one machine', async (text) => {
    const found = await findings({ 'hosts.yml': `g: {hosts: {${text}}}` })
    expect(found).toEqual([
      expect.stringMatching(/^shared-address hosts\.yml:1:\d+ "a" and "b" have the same address/),
    ])
  })

  test.each([
    ['a: {ssh_host: x}, b: {ssh_host: y}'],
    ['a: {ssh_host: x}, b: {ssh_host: x, ssh_port: 2222}'],
    ['a: {ssh_host: x}, b: {ssh_host: x, ssh_jump: j}'],
    ['a: {ssh_host: x, shared_address: true}, b: {ssh_host: x, shared_address: true}'],
    ['a: {ssh_host: x, connection: local}, b: {ssh_host: x, ansible_connection: local}'],
    ['a: {ssh_host: "{{ y }}"}, b: {ssh_host: "{{ y }}"}'],
  ])('%s are not', async (text) => {
    expect(await findings({ 'hosts.yml': `g: {hosts: {${text}}}` })).toEqual([])
  })

  test('an address that a group gives to many hosts is reported once', async () => {
    const found = await findings({ 'hosts.yml': 'g: {hosts: {"h[1:9]": }, vars: {ssh_host: x}}' })
    expect(found).toEqual([
      expect.stringContaining('"h1", "h2", "h3", "h4" and 5 more have the same address, x:22'),
    ])
  })
})

describe('INI', () => {
  test('an old inventory is read with its types', async () => {
    const inventory = await good({
      hosts: `
; comment
top ansible_port=2222 # comment
[web]
web[01:02] n=5 t=True y=yes z=010 list="[1, 'a']" pw='a b' cut=a#b
[web:vars]
v = {'k': 1}
w = hello # there
t = "{{ n }}"

[prod:children]
web
db
[db]
`,
    })
    expect(hosts(inventory)).toEqual(['top', 'web01', 'web02'])
    expect(vars(inventory, 'top')).toEqual({ ansible_port: 2222 })
    const host = inventory.hosts.get('web01')
    const texts =
      host &&
      Object.fromEntries(
        hostLayers(inventory, host).flatMap(({ vars }) =>
          [...vars].map(([k, v]) => [k, v.literal ? v.render(noLookup()) : v.text]),
        ),
      )
    expect(texts).toEqual({
      n: 5,
      t: true,
      y: 'yes',
      z: '010',
      list: [1, 'a'],
      pw: 'a b',
      cut: 'a',
      v: { k: 1 },
      w: 'hello # there',
    })
    expect(groupNames(inventory, 'web01')).toEqual(['prod', 'web'])
  })

  test.each([
    ['[a:vars]\nx=1\n', 'hosts:1:1 There is no group "a" in this file. Add a section "[a]".'],
    ['[web]\n[a:children]\nweb1\n', 'hosts:3:1 There is no group "web1" in this file. Did you mean "web"?'],
    ['[a:foo]\n', 'hosts:1:1 "foo" is not a kind of section.'],
    ['[a b]\n', 'hosts:1:1 "[a b]" is not a section.'],
    ['h x\n', 'hosts:1:3 "x" is not "name=value".'],
    ['h x="1\n', 'hosts:1:1 A quote is opened and not closed.'],
    ['[a]\n[a:vars]\nx\n', 'hosts:3:1 "x" is not "name = value".'],
    ['[a]\n[b:children]\na c\n', 'hosts:3:1 "a c" is not the name of a group.'],
    ['x\nh:\n', 'hosts:2:1 "h:" is not a host name'],
    ['  h  a-b=1\r\n', 'hosts:1:6 "a-b" is not the name of a variable'],
  ])('%j is explained', async (text, message) => {
    expect((await findings({ hosts: text })).join('\n')).toContain(message)
  })

  test.each([
    ['web:\n  hosts:\n    h:\n', 'a mapping'],
    ['---\n# x\nweb: {hosts: {h: }}\n', 'after the marker of a document'],
    ['{"web": {"hosts": {"h": null}}}', 'JSON'],
  ])('a file without an ending that begins like YAML is YAML: %j', async (text) => {
    expect(hosts(await good({ hosts: text }))).toEqual(['h'])
  })

  test('a template in a value knows its place', async () => {
    const { diagnostics } = await load({ hosts: '[g]\nh x="a {{ b"\n' })
    expect(diagnostics).toMatchObject([
      { code: 'bad-template', range: { file: 'hosts', start: { line: 2 } } },
    ])
  })
})
