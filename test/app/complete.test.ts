import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { complete } from '#app/complete.ts'
import type { CompletionRequest } from '#app/requests.ts'
import { inFolder } from '../support/in-folder.ts'

/** Tests have all the time in the world. */
const patience = 60_000

const ask = (of: CompletionRequest['of'], more: Partial<CompletionRequest> = {}) =>
  complete({ of, hosts: { inventories: [], unknownHosts: 'warn' }, playbooks: [], ...more }, patience)

const values = async (...call: Parameters<typeof ask>) => (await ask(...call)).map(({ value }) => value)

describe('hosts', () => {
  test('come after the groups, each with a few words', async () => {
    await inFolder({
      'inventory.yml': 'prod: {children: {web: {hosts: {"web[1:2]": }}, db: {hosts: {db1: }}}}',
    })
    expect(await ask('hosts')).toEqual([
      { value: 'all', description: 'group of 3 hosts' },
      { value: 'prod', description: 'group of 3 hosts' },
      { value: 'web', description: 'group of 2 hosts' },
      { value: 'db', description: 'group of 1 host' },
      { value: 'web1', description: 'web' },
      { value: 'web2', description: 'web' },
      { value: 'db1', description: 'db' },
    ])
  })

  test('are taken from -i, also when other parts of the inventory are wrong', async () => {
    await inFolder({ 'a/hosts.yml': 'g: {hosts: {h1: }, hots: }', 'a/group_vars/g.yml': 'a: [' })
    expect(await values('hosts', { hosts: { inventories: ['a'], unknownHosts: 'warn' } })).toContain('h1')
  })

  test('of executable inventories are not offered, since these may take their time', async () => {
    await inFolder({
      'inventory/a.sh': '#!/bin/sh\ntouch ran\necho "{}"\n',
      'inventory/b.yml': 'g: {hosts: {h: }}',
    })
    expect(await values('hosts')).toContain('h')
    expect(existsSync('ran')).toBe(false)
  })
})

test('tags are those written in plays, roles, blocks, tasks and includes', async () => {
  await inFolder({
    'site.yml': `
- import_playbook: other.yml
  tags: imported
- hosts: all
  tags: [play, "a,b"]
  roles: [{role: r, tags: role_entry}]
  tasks:
    - block:
        - debug: {msg: x}
          tags: inner
      tags: outer
    - include_tasks: {file: more.yml, apply: {tags: applied}}
    - debug: {tags: no_tag}
      tags: "{{ computed }}"
`,
    'other.yml': '- hosts: all\n  tasks: [{debug: {msg: x}, tags: other}]\n',
    'more.yml': '- debug: {msg: x}\n  tags: more\n',
    'roles/r/tasks/main.yml': '- no_such_module: \n  tags: in_role\n',
  })
  expect(await values('tags', { playbooks: ['site.yml'] })).toEqual([
    'a',
    'applied',
    'b',
    'imported',
    'in_role',
    'inner',
    'more',
    'other',
    'outer',
    'play',
    'role_entry',
  ])
})

test('modules are all there are, those of roles included', async () => {
  await inFolder({ 'roles/r/modules/water-plants.ts': '' })
  expect(await values('modules')).toEqual(expect.arrayContaining(['apt', 'copy', 'yum', 'water_plants']))
})

test('functions come with what they do', async () => {
  expect(await ask('functions')).toContainEqual({ value: 'upper', description: expect.stringMatching(/\.$/) })
})

describe('nothing is offered, and nothing said,', () => {
  test.each<[string, Parameters<typeof ask>]>([
    ['for tags of a playbook that is not there', ['tags', { playbooks: ['nope.yml'] }]],
    ['for tags without a playbook', ['tags']],
    ['for labs where there is none', ['lab-hosts']],
    [
      'for an inventory that is not there',
      ['hosts', { hosts: { inventories: ['nope'], unknownHosts: 'warn' } }],
    ],
  ])('%s', async (_, call) => {
    await inFolder({})
    expect(await ask(...call)).toEqual([])
  })

  test('when reading takes too long', async () => {
    // Reading on after the many hosts takes another turn of the event loop, in which the timer comes first.
    await inFolder({
      'inventory/hosts.yml': 'g: {hosts: {"h[1:5000]": }}',
      'inventory/group_vars/g.yml': 'a: 1',
    })
    const request = { of: 'hosts', hosts: { inventories: [], unknownHosts: 'warn' }, playbooks: [] } as const
    expect(await complete(request, 0)).toEqual([])
  })
})
