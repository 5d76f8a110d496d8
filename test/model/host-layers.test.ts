import { expect, test } from 'vitest'
import { hostGroups } from '#model/host-groups.ts'
import { groupLayers, hostLayers } from '#model/host-layers.ts'
import type { Group, Inventory, VarsLayer } from '#model/inventory.ts'

const layer = (level: number, origin: string, rank?: number): VarsLayer => ({
  level,
  origin,
  vars: new Map(),
  ...(rank !== undefined && { rank }),
})

const group = (name: string, depth: number, rest: Partial<Group> = {}): [string, Group] => [
  name,
  { name, depth, priority: 1, children: [], hosts: [], layers: [], ...rest },
]

const inventory: Inventory = {
  sources: [],
  hosts: new Map(),
  groups: new Map([
    group('all', 0, { children: ['top', 'side'], layers: [layer(3, 'all'), layer(5, 'all file')] }),
    group('side', 1, { priority: 5, layers: [layer(3, 'side')] }),
    group('top', 1, {
      children: ['web'],
      layers: [layer(3, 'top'), layer(6, 'top file, second inventory', 1)],
    }),
    group('web', 2, { layers: [layer(3, 'web'), layer(6, 'web file', 0)] }),
  ]),
}
const host = { groups: ['web', 'side'], layers: [layer(8, 'own'), layer(9, 'own file')] }

test('groups above count too, sorted by depth, priority and name', () => {
  expect(hostGroups(inventory, host).map(({ name }) => name)).toEqual(['top', 'side', 'web'])
})

test('layers are sorted by level, then by inventory, then by group', () => {
  expect(hostLayers(inventory, host).map(({ origin }) => origin)).toEqual([
    'all',
    'top',
    'side',
    'web',
    'all file',
    'web file',
    'top file, second inventory',
    'own',
    'own file',
  ])
})

test('a host without groups sees what holds for all', () => {
  expect(hostLayers(inventory, { groups: [], layers: [] }).map(({ origin }) => origin)).toEqual([
    'all',
    'all file',
  ])
})

test('hosts of the same groups share one list', () => {
  expect(groupLayers(inventory, host)).toBe(groupLayers(inventory, { groups: ['web', 'side'] }))
})
