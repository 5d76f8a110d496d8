import { expect, test } from 'vitest'
import { RuntimeInventory } from '#execute/runtime-inventory.ts'
import type { Inventory } from '#model/inventory.ts'
import { testInventory, varsOf } from '../support/compile.ts'

/** web1 and web2 in web, db1 in db, localhost in none. */
const fresh = (): RuntimeInventory => new RuntimeInventory(testInventory({ web: 'x: from web' }))

const namesIn = (inventory: RuntimeInventory, group: string) => inventory.groups().get(group)

test('adds hosts with groups and variables; the source is left as it was', () => {
  const source = testInventory()
  const inventory = new RuntimeInventory(source)
  expect(inventory.addHost('new', ['web', 'made'], varsOf('port: 1'))).toBe(true)
  expect(inventory.hostNames()).toEqual(['web1', 'web2', 'db1', 'new'])
  expect(inventory.groupsOf('new')).toEqual(['made', 'web'])
  expect(namesIn(inventory, 'all')).toEqual(['web1', 'web2', 'db1', 'new'])
  expect(inventory.layersOf('new').at(-1)?.vars.has('port')).toBe(true)
  expect(source.hosts.has('new')).toBe(false)
})

test('puts a host that is added without a group into ungrouped, until it joins one', () => {
  const inventory = fresh()
  inventory.addHost('new', [], new Map())
  expect(namesIn(inventory, 'ungrouped')).toEqual(['new'])
  inventory.addToGroup('new', 'web')
  expect(inventory.groupsOf('new')).toEqual(['web'])
})

test('says whether anything is new', () => {
  const inventory = fresh()
  expect(inventory.addHost('web1', ['web'], new Map())).toBe(false)
  expect(inventory.addHost('web1', ['made'], new Map())).toBe(true)
  expect(inventory.addToGroup('web1', 'made')).toBe(false)
  expect(inventory.addToGroup('web2', 'made')).toBe(true)
})

test('gives a host the variables of a group it joins', () => {
  const inventory = fresh()
  inventory.addToGroup('db1', 'web')
  expect(inventory.layersOf('db1').some(({ vars }) => vars.has('x'))).toBe(true)
})

test('makes groups below others', () => {
  const inventory = fresh()
  inventory.addToGroup('db1', 'debian', ['systems'])
  expect(inventory.groupsOf('db1')).toEqual(['db', 'debian', 'systems'])
})

test('knows localhost without counting it among all hosts', () => {
  const inventory = fresh()
  expect(inventory.host('localhost').groups).toEqual([])
  expect(inventory.hostNames()).not.toContain('localhost')
})

test('keeps what the run added when the sources are read again', () => {
  const inventory = fresh()
  inventory.addHost('new', ['made'], varsOf('port: 1'))
  inventory.addToGroup('web1', 'debian', ['systems'])
  const source = testInventory()
  const later: Inventory = {
    ...source,
    hosts: new Map(
      [...source.hosts]
        .filter(([name]) => name !== 'web2')
        .concat([['late', { name: 'late', groups: ['db'], layers: [] }]]),
    ),
    groups: new Map(source.groups).set('db', {
      name: 'db',
      hosts: ['db1', 'late'],
      children: [],
      depth: 1,
      priority: 1,
      layers: [],
    }),
  }
  inventory.replace(later)
  expect(inventory.hostNames()).toEqual(['web1', 'db1', 'late', 'new'])
  expect(inventory.groupsOf('new')).toEqual(['made'])
  expect(inventory.layersOf('new').at(-1)?.vars.has('port')).toBe(true)
  expect(inventory.groupsOf('web1')).toEqual(['debian', 'systems', 'web'])
  expect(namesIn(inventory, 'systems')).toEqual(['web1'])
})
