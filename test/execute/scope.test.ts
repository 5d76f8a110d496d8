import { expect, test } from 'vitest'
import { HostSessions } from '#execute/host-sessions.ts'
import { HostState } from '#execute/host-state.ts'
import { Scope, type ScopeParts } from '#execute/scope.ts'
import { EvaluationError, UndefinedName } from '#model/evaluation-error.ts'
import type { VarsLayer } from '#model/value.ts'
import { varsOf } from '../support/compile.ts'
import { emptyController } from '../support/lookup.ts'

function host(): HostState {
  const sessions = new HostSessions(() => {
    throw new Error('Nothing here connects.')
  })
  return new HostState('web1', sessions)
}

const layer = (level: number, yaml: string): VarsLayer => ({
  level,
  origin: String(level),
  vars: varsOf(yaml),
})

function scope(layers: readonly VarsLayer[], more: Partial<ScopeParts> = {}): Scope {
  return new Scope({
    host: host(),
    layers,
    locals: new Map(),
    magic: { has: (name) => name === 'magic', get: () => 'made', names: () => ['magic'] },
    controller: emptyController,
    ...more,
  })
}

test('gives the value of the highest level, whatever the order of the layers', () => {
  expect(scope([layer(12, 'x: 12'), layer(3, 'x: 3'), layer(9, 'x: 9')]).get('x')).toBe(12)
})

test('gives the last of one level', () => {
  expect(scope([layer(2, 'x: one'), layer(2, 'x: two')]).get('x')).toBe('two')
})

test('puts what was set and included between the levels around them', () => {
  const one = host()
  one.includedVars.set('x', varsOf('x: included').get('x') ?? expect.fail())
  expect(scope([layer(17, 'x: task')], { host: one }).get('x')).toBe('included')
  one.setFacts.set('x', 'set')
  expect(scope([layer(17, 'x: task')], { host: one }).get('x')).toBe('set')
  expect(scope([layer(20, 'x: parameter')], { host: one }).get('x')).toBe('parameter')
})

test('puts loop variables over all levels, and what tsplay sets itself over those', () => {
  const locals = new Map([
    ['x', 'local'],
    ['magic', 'local'],
  ])
  const found = scope([layer(22, 'x: extra\nmagic: extra')], { locals })
  expect([found.get('x'), found.get('magic')]).toEqual(['local', 'made'])
})

test('renders what is read, once, and data never', () => {
  const one = host()
  one.setFacts.set('data', '{{ x }}')
  const found = scope([layer(3, 'x: 1\ny: "{{ x }}{{ data }}"')], { host: one })
  expect(found.get('y')).toBe('1{{ x }}')
})

test('reads a connection variable under each of its names', () => {
  const found = scope([layer(3, 'ansible_host: old'), layer(8, 'ssh_host: new')])
  expect([found.get('ssh_host'), found.get('ansible_host')]).toEqual(['new', 'new'])
  expect(scope([layer(3, 'ansible_user: amy')]).get('ssh_user')).toBe('amy')
})

test('finds a variable that is defined by itself', () => {
  const found = scope([layer(3, 'x: "{{ y }}"\ny: "{{ x }}"')])
  expect(() => found.get('x')).toThrow(EvaluationError)
  expect(() => found.get('x')).toThrow(/defined by itself/)
})

test('names the nearest variable for one that is missing', () => {
  const found = scope([layer(3, 'web_port: 1')])
  expect(() => found.get('web_prt')).toThrow(UndefinedName)
  expect(() => found.get('web_prt')).toThrow(expect.objectContaining({ remedy: 'Did you mean "web_port"?' }))
})

test('converts what an argument specification types, wherever it comes from', () => {
  const conversions = new Map([['port', Number]])
  expect(scope([layer(6, 'port: "80"')], { conversions }).get('port')).toBe(80)
  expect(scope([layer(20, 'port: "81"')], { conversions }).get('port')).toBe(81)
})

test('has more variables with those of an item, and hears which facts are read there', () => {
  const outer = scope([layer(3, 'x: 1')])
  const inner = outer.with(new Map([['item', 'a']]))
  expect([inner.get('item'), inner.get('x'), outer.has('item')]).toEqual(['a', 1, false])
  inner.needFact('web1', 'os')
  expect(outer.missingFacts).toEqual(new Map([['web1', new Set(['os'])]]))
  outer.refresh()
  expect(inner.missingFacts.size).toBe(0)
})

test('lists every name once', () => {
  const one = host()
  one.setFacts.set('x', 1)
  one.setFacts.set('y', 1)
  const names = [...scope([layer(3, 'x: 1\nz: 1')], { host: one, locals: new Map([['item', 1]]) }).names()]
  expect(names.toSorted()).toEqual(['item', 'magic', 'x', 'y', 'z'])
})
