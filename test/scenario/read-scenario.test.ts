import { describe, expect, it } from 'vitest'
import type { Node } from '#model/node.ts'
import { readScenario, scenarioBefore } from '#scenario/read-scenario.ts'
import type { Scenario } from '#scenario/scenario.ts'
import { marked, yamlNode } from '../support/yaml-value.ts'

function read(yaml: string, beside: readonly string[] = [], before?: Scenario) {
  const place = {
    role: 'web',
    name: 'default',
    file: '/p/roles/web/test/default.yml',
    display: 'roles/web/test/default.yml',
    beside: new Set(beside),
  }
  const root = yaml === '' ? undefined : yamlNode(yaml)
  const { scenario, diagnostics } = readScenario(root, place, ['bookworm', 'trixie'], before)
  return { scenario, wrong: diagnostics.map(({ message, range }) => [marked(yaml, range), message]) }
}

/** A tree as plain values. */
function plain(node: Node | undefined): unknown {
  if (node?.kind === 'scalar') return node.value
  if (node?.kind === 'list') return node.items.map(plain)
  return Object.fromEntries(node?.entries.map(({ key, value }) => [key, plain(value)]) ?? [])
}

const plays = (yaml: string, section: 'prepare' | 'converge' | 'verify') => {
  const playbook = read(yaml).scenario[section]
  return playbook?.kind === 'plays' ? plain(playbook.root) : playbook
}

describe('a scenario', () => {
  it('is the role on all hosts when its file says nothing', () => {
    expect(read('').scenario).toMatchObject({ role: 'web', name: 'default', suites: [], variables: {} })
    expect(plays('', 'converge')).toEqual([{ name: 'web', hosts: 'all', become: true, roles: ['web'] }])
  })

  it('puts the role on the hosts and with the rights that it names', () => {
    expect(plays('hosts: web:!old\nbecome: false', 'converge')).toEqual([
      { name: 'web', hosts: 'web:!old', become: false, roles: ['web'] },
    ])
  })

  it('makes a play of tasks', () => {
    expect(plays('verify:\n  - ping:\n', 'verify')).toEqual([
      { name: 'verify', hosts: 'all', become: true, tasks: [{ ping: null }] },
    ])
  })

  it('takes plays as they are', () => {
    expect(plays('prepare:\n  - hosts: db\n    tasks: []\n', 'prepare')).toEqual([{ hosts: 'db', tasks: [] }])
    expect(plays('prepare:\n  - import_playbook: x.yml\n', 'prepare')).toEqual([{ import_playbook: 'x.yml' }])
  })

  it('names playbooks relative to its file', () => {
    expect(read('verify: ../checks.yml').scenario.verify).toMatchObject({
      kind: 'file',
      path: '/p/roles/web/checks.yml',
    })
  })

  it('has the playbooks that stand beside it', () => {
    const { prepare, verify } = read('', ['verify.yml']).scenario
    expect(verify).toMatchObject({ kind: 'file', path: '/p/roles/web/test/verify.yml' })
    expect(prepare).toBeUndefined()
  })

  it('prefers a playbook of its own to one beside it', () => {
    expect(read('verify:\n  - ping:\n', ['verify.yml']).scenario.verify?.kind).toBe('plays')
  })

  it('has variables of all hosts, of groups and of hosts', () => {
    const { vars, groupVars, hostVars } = read(
      'vars: {a: 1}\ngroup_vars: {g: {b: 2}}\nhost_vars: {h: {c: 3}}',
    ).scenario.variables
    expect([plain(vars), plain(groupVars), plain(hostVars)]).toEqual([
      { a: 1 },
      { g: { b: 2 } },
      { h: { c: 3 } },
    ])
  })

  it('names each release once', () => {
    expect(read('suites: [bookworm, trixie, bookworm]').scenario.suites).toEqual(['bookworm', 'trixie'])
  })
})

describe('a scenario that comes after another', () => {
  const before = read(
    'lab: { hosts: [a] }\nhosts: a\nvars: { x: 1, y: 1 }\nverify: ../ends.yml\nprepare: ../begins.yml',
  ).scenario

  it('names it', () => {
    expect(scenarioBefore(yamlNode('after: default'))).toMatchObject({ name: 'default' })
    expect(scenarioBefore(yamlNode('hosts: a'))).toBeUndefined()
  })

  it('has what that one has, but for what was prepared', () => {
    const { scenario, wrong } = read('after: default', [], before)
    expect(wrong).toEqual([])
    expect(scenario).toMatchObject({ after: 'default', converge: before.converge, verify: before.verify })
    expect(plain(scenario.variables.vars)).toEqual({ x: 1, y: 1 })
    expect(scenario.prepare).toBeUndefined()
  })

  it('may say it otherwise', () => {
    const { scenario } = read('after: default\nhosts: b\nvars: { y: 2 }\nverify: own.yml', [], before)
    expect(plain(scenario.variables.vars)).toEqual({ x: 1, y: 2 })
    expect(scenario.converge).not.toEqual(before.converge)
    expect(scenario.verify).toMatchObject({ path: '/p/roles/web/test/own.yml' })
  })

  it('has no hosts of its own', () => {
    expect(read('after: default\nlab: { hosts: [b] }\nsuites: [trixie]', [], before).wrong).toEqual([
      ['2:1 lab', 'A scenario that comes "after" another has its hosts, and no "lab".'],
      ['3:1 suites', 'A scenario that comes "after" another has its hosts, and no "suites".'],
    ])
  })
})

describe('a broken scenario', () => {
  it.each([
    ['- a', '1:1 - a', 'A scenario is a mapping.'],
    ['vrefy: []', '1:1 vrefy', 'A scenario has no key "vrefy".'],
    ['lab: [a]', '1:6 [a]', '"lab" is a mapping as in a lab.yml, or the name of such a file.'],
    ['vars: 3', '1:7 3', '"vars" has to be a mapping.'],
    ['become: maybe', '1:9 maybe', '"become" has to be true or false.'],
    ['hosts: [a]', '1:8 [a]', '"hosts" has to be a host pattern.'],
    ['suites: trixie', '1:9 trixie', '"suites" has to be a list of bookworm, trixie.'],
    ['suites: [sid]', '1:9 [sid]', '"suites" has to be a list of bookworm, trixie.'],
    [
      'verify: {ping: }',
      '1:9 {ping: }',
      '"verify" is a list of tasks, a list of plays, or the name of a playbook beside this file.',
    ],
    ['verify:\n- hosts: a\n- ping:', '3:3 ping:', '"verify" mixes tasks with plays.'],
  ])('%j is told at its place', (yaml, place, message) => {
    expect(read(yaml).wrong).toEqual([[place, message]])
  })

  it('is told all its mistakes at once', () => {
    expect(read('vars: 3\nhost: a\nsuites: 1').wrong).toHaveLength(3)
  })
})
