import { describe, expect, it } from 'vitest'
import type { MapNode } from '#model/node.ts'
import { unknownNames } from '#scenario/unknown-names.ts'
import { yamlNode } from '../support/yaml-value.ts'

function map(yaml: string): MapNode {
  const node = yamlNode(yaml)
  if (node.kind !== 'map') throw new Error('not a mapping')
  return node
}

const known = { hosts: new Set(['web1']), groups: new Set(['all', 'web']) }

describe('variables of a scenario', () => {
  it('may be those of the lab', () => {
    expect(unknownNames({ groupVars: map('web: {}'), hostVars: map('web1: {}') }, known)).toEqual([])
  })

  it('are refused for hosts and groups that the lab does not have', () => {
    const found = unknownNames({ groupVars: map('wep: {}'), hostVars: map('elsewhere: {}') }, known)
    expect(found.map(({ message, remedy }) => `${message} ${remedy}`)).toEqual([
      'The scenario\'s lab has no group "wep". Did you mean "web"?',
      'The scenario\'s lab has no host "elsewhere". It has web1.',
    ])
  })
})
