import { describe, expect, it } from 'vitest'
import type { MapNode } from '#model/node.ts'
import { variableSource } from '#scenario/scenario-parts.ts'
import { yamlNode } from '../support/yaml-value.ts'

function map(yaml: string): MapNode {
  const node = yamlNode(yaml)
  if (node.kind !== 'map') throw new Error('not a mapping')
  return node
}

const text = (node: unknown): string =>
  JSON.stringify(node, (key, value) => (key === 'range' || key === 'keyRange' ? undefined : value))

/** The same tree, whatever the places. */
const source = (variables: Parameters<typeof variableSource>[0]): string => {
  const start = { line: 1, column: 1, offset: 0 }
  return text(variableSource(variables, { file: 'x', start, end: start }))
}

describe('the variables of a scenario', () => {
  it('are an inventory of groups and hosts', () => {
    const variables = {
      vars: map('a: 1'),
      groupVars: map('web: {b: 2}'),
      hostVars: map('web1: {c: 3}'),
    }
    const wanted = 'all: {vars: {a: 1}, hosts: {web1: {c: 3}}, children: {web: {vars: {b: 2}}}}'
    expect(source(variables)).toBe(text(yamlNode(wanted)))
  })

  it('are an inventory without hosts when there are none', () => {
    expect(source({})).toBe(text(yamlNode('all: {}')))
  })
})
