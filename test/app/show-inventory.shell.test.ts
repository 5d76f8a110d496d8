import { describe, expect, test } from 'vitest'
import type { HostSelection, InventoryRequest, VariableSources } from '#app/requests.ts'
import { showInventory } from '#app/show-inventory.ts'
import { parseYaml } from '#load/yaml-source.ts'
import { inFolder } from '../support/in-folder.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'
import { plainNode } from '../support/plain-node.ts'

const site = {
  'inventory/hosts.yml': `
all:
  hosts: {lone: }
  vars:
    domain: example.org
    fqdn: "{{ inventory_hostname }}.{{ domain }}"
  children:
    prod:
      children:
        web:
          hosts: {'web[1:3]': {ansible_port: 2200}}
        db:
          hosts:
            db1:
              ssh_password: hunter22
              listen: "{{ facts.network.default_ipv4 }}:5432"
              mixed: {known: "{{ fqdn }}", unknown: ["{{ of_a_play }}", 1]}
    web:
`,
  'inventory/group_vars/all.yml': 'ssh_port: 22\nport: 80\n',
  'group_vars/web.yml': 'port: 8080\n',
}

interface Asked {
  readonly show: InventoryRequest['show']
  readonly format?: 'json' | 'yaml'
  readonly hosts?: Partial<HostSelection>
  readonly variables?: Partial<VariableSources>
}

async function shown({ show, format = 'json', hosts, variables }: Asked) {
  const terminal = memoryTerminal()
  const { exitReason } = await showInventory(
    {
      hosts: { inventories: [], unknownHosts: 'error', ...hosts },
      variables: { extraVars: [], vaultIds: [], ...variables },
      show,
      format,
    },
    terminal,
    new AbortController().signal,
  )
  return { exitReason, out: terminal.stdout.text, err: terminal.stderr.text }
}

const hostOf = async (host: string, more: Partial<Asked> = {}) =>
  JSON.parse((await shown({ show: { kind: 'host', host }, ...more })).out)

describe('--host', () => {
  test('values are rendered as a run would', async () => {
    await inFolder(site)
    expect(await hostOf('web1')).toEqual({
      ansible_port: 2200,
      domain: 'example.org',
      fqdn: 'web1.example.org',
      port: 8080,
    })
  })

  test('what needs facts or a play stays as written, part by part', async () => {
    await inFolder(site)
    expect(await hostOf('db1')).toMatchObject({
      listen: '{{ facts.network.default_ipv4 }}:5432',
      mixed: { known: 'db1.example.org', unknown: ['{{ of_a_play }}', 1] },
    })
  })

  test('passwords are not shown, nor text that holds a decrypted value', async () => {
    await inFolder({
      'inventory.yml': `
g:
  hosts:
    h: {ssh_password: hunter22, ansible_become_pass: hunter22, become_password: "{{ ssh_password }}"}
`,
    })
    const { out } = await shown({ show: { kind: 'list' } })
    expect(out).not.toContain('hunter22')
    expect(await hostOf('h')).toMatchObject({ ssh_password: '***' })
  })

  test('no command of this machine runs', async () => {
    await inFolder({
      'inventory.yml': `g: {hosts: {h: {a: "{{ pipe 'touch ran' }}", b: "{{ password 'new' }}"}}}`,
    })
    expect(await hostOf('h')).toEqual({ a: "{{ pipe 'touch ran' }}", b: "{{ password 'new' }}" })
  })

  test('values that hold each other without end stay as written', async () => {
    await inFolder({ 'inventory.yml': 'g: {hosts: {h: {a: "{{ hostvars }}", b: "{{ c }}", c: "{{ b }}"}}}' })
    expect(await hostOf('h')).toEqual({ a: '{{ hostvars }}', b: '{{ c }}', c: '{{ b }}' })
  })

  test('-e is the strongest', async () => {
    await inFolder(site)
    expect(await hostOf('web1', { variables: { extraVars: ['port=9 domain=test'] } })).toMatchObject({
      port: 9,
      fqdn: 'web1.test',
    })
  })

  test('YAML is written on request', async () => {
    await inFolder(site)
    const { out } = await shown({ show: { kind: 'host', host: 'lone' }, format: 'yaml' })
    expect(out).toContain('fqdn: lone.example.org\n')
  })
})

describe('--list', () => {
  test('has the form of dynamic inventories, which tsplay reads back', async () => {
    await inFolder(site)
    const { out } = await shown({ show: { kind: 'list' } })
    expect(JSON.parse(out)).toMatchObject({
      all: { children: ['prod', 'web', 'ungrouped'] },
      ungrouped: { hosts: ['lone'] },
      prod: { children: ['web', 'db'] },
      web: { hosts: ['web1', 'web2', 'web3'] },
      db: { hosts: ['db1'] },
    })
    expect(Object.keys(JSON.parse(out)._meta.hostvars)).toEqual(['lone', 'web1', 'web2', 'web3', 'db1'])
    await inFolder({ 'inventory.sh': `#!/bin/sh\ncat <<'END'\n${out}\nEND\n` })
    const again = await shown({ show: { kind: 'list' }, hosts: { inventories: ['inventory.sh'] } })
    expect(JSON.parse(again.out)).toEqual(JSON.parse(out))
  })

  test('keeps to the hosts of --limit', async () => {
    await inFolder(site)
    const { out } = await shown({ show: { kind: 'list' }, hosts: { limit: 'web1:db' } })
    expect(Object.keys(JSON.parse(out)._meta.hostvars)).toEqual(['web1', 'db1'])
    expect(JSON.parse(out)).toMatchObject({ web: { hosts: ['web1'] }, ungrouped: {} })
  })

  test('as YAML it is an inventory that names each host in full once', async () => {
    await inFolder(site)
    const { out } = await shown({ show: { kind: 'list' }, format: 'yaml' })
    expect(plainNode(parseYaml(out, 'out').root)).toMatchObject({
      all: {
        children: {
          prod: { children: { web: { hosts: { web1: { port: 8080 } } }, db: { hosts: { db1: {} } } } },
          web: {},
          ungrouped: { hosts: { lone: { port: 80 } } },
        },
      },
    })
  })
})

describe('--graph', () => {
  test('draws each host once', async () => {
    await inFolder(site)
    const { out } = await shown({ show: { kind: 'graph', vars: false } })
    expect(out.match(/lone/g)).toHaveLength(1)
    expect(out).toContain('├── prod\n│   ├── web\n│   │   ├── web1\n')
  })

  test('shows what is set for a group, and for a host', async () => {
    await inFolder(site)
    const { out } = await shown({
      show: { kind: 'graph', group: 'web', vars: true },
      hosts: { limit: 'web2' },
    })
    expect(out).toBe('web\n    port = 8080\n└── web2\n        ansible_port = 2200\n')
  })
})

describe('--explain', () => {
  test('says which file and line won and what it overrode', async () => {
    await inFolder(site)
    const { out } = await shown({ show: { kind: 'explain', variable: 'ssh_port', host: 'web2' } })
    expect(out).toBe(`ssh_port for web2
  inventory/hosts.yml:11          2200  (level 8: host variables of the inventory, as ansible_port)
  inventory/group_vars/all.yml:1  22  (level 4: group_vars/all beside the inventory)  overridden
`)
  })

  test('tells hosts together for which it is the same', async () => {
    await inFolder(site)
    const { out } = await shown({
      show: { kind: 'explain', variable: 'port' },
      hosts: { limit: 'web:db' },
      variables: { extraVars: ['port=9'] },
    })
    expect(out.split('\n').filter((line) => line.startsWith('port'))).toEqual([
      'port for web1, web2, web3',
      'port for db1',
    ])
    expect(out).toContain('  level 22: extra vars (-e)       9\n')
    expect(out).toContain('(level 7: group_vars beside the playbook, group web)  overridden')
  })

  test('hides passwords', async () => {
    await inFolder(site)
    const { out } = await shown({ show: { kind: 'explain', variable: 'ansible_password', host: 'db1' } })
    expect(out).toContain('***')
    expect(out).not.toContain('hunter22')
  })

  test.each([
    ['prt', 'prt is not set for web1.\n\nDid you mean "port"?\n'],
    ['groups', 'groups is set by tsplay itself, for each host.\n'],
  ])('of %s it says what there is to say', async (variable, text) => {
    await inFolder(site)
    expect((await shown({ show: { kind: 'explain', variable, host: 'web1' } })).out).toBe(text)
  })
})

describe('mistakes', () => {
  test.each<[InventoryRequest['show'], string]>([
    [{ kind: 'host', host: 'wbe1' }, 'error: There is no host "wbe1".\nDid you mean "web1"?\n'],
    [{ kind: 'explain', variable: 'port', host: 'nope' }, 'error: There is no host "nope".\n'],
    [{ kind: 'graph', group: 'wbe', vars: false }, 'error: There is no group "wbe".\nDid you mean "web"?\n'],
  ])('%j is a wrong command line', async (show, err) => {
    await inFolder(site)
    expect(await shown({ show })).toEqual({ exitReason: 'usage', out: '', err })
  })

  test('an inventory that is not there is one, too', async () => {
    await inFolder(site)
    const { exitReason } = await shown({ show: { kind: 'list' }, hosts: { inventories: ['nope.yml'] } })
    expect(exitReason).toBe('usage')
  })

  test('errors of the inventory are shown with their place', async () => {
    await inFolder({ 'inventory.yml': 'web:\n  hots:\n    web1:\n' })
    const { exitReason, out, err } = await shown({ show: { kind: 'list' } })
    expect({ exitReason, out }).toEqual({ exitReason: 'project', out: '' })
    expect(err).toContain('inventory.yml:2:3')
  })

  test('a folder without inventory is said', async () => {
    await inFolder({})
    const { exitReason, err } = await shown({ show: { kind: 'list' } })
    expect(exitReason).toBe('done')
    expect(err).toContain('There is no inventory here.')
  })
})
