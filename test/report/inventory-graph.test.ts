import { describe, expect, it } from 'vitest'
import type { Group, Inventory } from '#model/inventory.ts'
import { explainedVariableText } from '#report/explained-variable.ts'
import { inventoryGraph } from '#report/inventory-graph.ts'
import { createStyle } from '#report/style.ts'

const style = createStyle(false)

const group = (name: string, children: string[], hosts: string[]): [string, Group] => [
  name,
  { name, children, hosts, depth: 0, priority: 1, layers: [] },
]

const inventory: Inventory = {
  hosts: new Map(),
  groups: new Map([
    group('all', ['ungrouped', 'prod', 'web'], []),
    group('ungrouped', [], ['lonely']),
    group('prod', ['web', 'db'], []),
    group('web', [], ['web1', 'web2']),
    group('db', [], ['db1']),
  ]),
  sources: [],
}

describe('inventoryGraph', () => {
  it('draws groups and hosts as a tree, each group once in full', () => {
    expect(inventoryGraph(inventory, { style })).toBe(
      `all
├── prod
│   ├── web
│   │   ├── web1
│   │   └── web2
│   └── db
│       └── db1
├── web (see above)
└── ungrouped
    └── lonely
`,
    )
  })

  it('starts at a group, keeps to selected hosts, and shows what is below', () => {
    const below = (kind: string, name: string) => (kind === 'host' ? [`port = ${name.length}`] : [])
    expect(inventoryGraph(inventory, { style, group: 'prod', only: new Set(['web2']), below })).toBe(
      `prod
└── web
    └── web2
            port = 4
`,
    )
  })
})

describe('explainedVariableText', () => {
  it('shows the winner first and what it overrides', () => {
    const text = explainedVariableText(
      {
        host: 'web1',
        name: 'port',
        settings: [
          { origin: 'host_vars of the inventory', place: 'host_vars/web1.yml:3', value: 2222 },
          { origin: 'group web', place: 'hosts.yml:12', value: 22 },
          { origin: 'default', value: 'x' },
        ],
      },
      style,
    )
    expect(text).toBe(
      [
        'port for web1',
        '  host_vars/web1.yml:3  2222  (host_vars of the inventory)',
        '  hosts.yml:12          22  (group web)  overridden',
        '  default               x  overridden',
        '',
      ].join('\n'),
    )
  })

  it('says when nothing sets it', () => {
    expect(explainedVariableText({ host: 'web1', name: 'port', settings: [] }, style)).toBe(
      'port is not set for web1.\n',
    )
  })
})
