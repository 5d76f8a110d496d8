import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldHosts, foldHostsBriefly } from '#report/fold-hosts.ts'

const numbered = (from: number, to: number, name = (i: number) => `web${i}`): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => name(from + i))

/** Expands ranges as an inventory does. */
function expand(folded: string): string[] {
  return folded.split(', ').flatMap((piece) => {
    const range = /^(.*)\[(\d+):(\d+)\](.*)$/.exec(piece)
    if (range === null) return [piece]
    const [, before, from = '', to = '', after] = range
    return numbered(
      Number(from),
      Number(to),
      (i) => `${before}${String(i).padStart(from.length, '0')}${after}`,
    )
  })
}

describe('foldHosts', () => {
  it.each([
    [['web1'], 'web1'],
    [['web3', 'web1', 'db1'], 'db1, web1, web3'],
    [numbered(1, 4), 'web1, web2, web3, web4'],
    [numbered(1, 20), 'web[1:20]'],
    [[...numbered(1, 5), 'db1', ...numbered(7, 9)], 'db1, web[1:5], web[7:9]'],
    [numbered(8, 12, (i) => `web${String(i).padStart(2, '0')}`), 'web[08:12]'],
    [numbered(1, 6, (i) => `n${i}.dc2.example.com`), 'n[1:6].dc2.example.com'],
    [['a1', 'a2', 'a10', 'b', 'c'], 'a1, a2, a10, b, c'],
    [
      ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'],
      '10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5',
    ],
  ])('writes %j as %s', (hosts, folded) => {
    expect(foldHosts(hosts)).toBe(folded)
  })

  it('gives names that expand to the same hosts', () => {
    const name = fc.stringMatching(/^[a-c]{0,2}(0?\d{1,2})?(\.x\d)?$/).filter((text) => text !== '')
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (hosts) => {
        expect(expand(foldHosts(hosts)).sort()).toEqual([...hosts].sort())
      }),
    )
  })
})

describe('foldHostsBriefly', () => {
  it('says how many hosts it leaves out', () => {
    expect(foldHostsBriefly([...numbered(1, 20), 'a', 'b', 'c'], 2)).toBe('a, b and 21 more')
    expect(foldHostsBriefly(['web1', ...numbered(3, 20), 'x'], 2)).toBe('web1, web[3:20] and 1 more')
    expect(foldHostsBriefly(numbered(1, 20), 2)).toBe('web[1:20]')
  })
})
