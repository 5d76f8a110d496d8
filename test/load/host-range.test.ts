import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expandHosts } from '#load/host-range.ts'

const names = (text: string) => {
  const found = expandHosts(text)
  return 'problem' in found
    ? found.problem
    : found.port === undefined
      ? found.names
      : [...found.names, found.port]
}

test.each<[string, readonly (string | number)[]]>([
  ['web01', ['web01']],
  ['web01:2222', ['web01', 2222]],
  ['web[01:03].x:22', ['web01.x', 'web02.x', 'web03.x', 22]],
  ['w[8:11]', ['w8', 'w9', 'w10', 'w11']],
  ['w[08:11]', ['w08', 'w09', 'w10', 'w11']],
  ['w[:2]', ['w0', 'w1', 'w2']],
  ['w[1:9:4]', ['w1', 'w5', 'w9']],
  ['w[1:8:4]', ['w1', 'w5']],
  ['w[5:5]', ['w5']],
  ['db-[a:c]', ['db-a', 'db-b', 'db-c']],
  ['[y:C]', ['y', 'z', 'A', 'B', 'C']],
  ['[a:e:2]', ['a', 'c', 'e']],
  ['r[1:2]n[a:b]', ['r1na', 'r1nb', 'r2na', 'r2nb']],
  ['[2001:db8::1]:2200', ['2001:db8::1', 2200]],
  ['[2001:db8::1]', ['2001:db8::1']],
  ['2001:db8::1', ['2001:db8::1']],
  ['::1', ['::1']],
  ['10.0.0.[1:2]', ['10.0.0.1', '10.0.0.2']],
])('%s stands for %j', (text, hosts) => {
  expect(names(text)).toEqual(hosts)
})

test.each([
  ['w[3:1]', 'begins behind its end'],
  ['[c:a]', 'begins behind its end'],
  ['w[1:]', 'has no end'],
  ['w[01:100]', 'different lengths'],
  ['w[1:5:0]', 'is not a range'],
  ['w[1]', 'is not a range'],
  ['w[aa:bb]', 'neither'],
  ['w[1:b]', 'neither'],
  ['w[1:2', 'is not a host name'],
  ['w:', 'is not a host name'],
  ['w:x', 'is not a host name'],
  ['w:0', 'is not a port'],
  ['w:70000', 'is not a port'],
  ['a b', 'is not a host name'],
  ['---', 'is not a host name'],
  ['', 'is not a host name'],
  ['w[1:400][1:400]', '160000 hosts'],
])('%s is refused: %s', (text, problem) => {
  expect(names(text)).toContain(problem)
})

test('a hundred thousand hosts are the limit', () => {
  expect(names('w[1:100000]')).toHaveLength(100_000)
  expect(names('w[0:100000]')).toContain('100001 hosts')
})

test('a range has each of its numbers once, in order, with its width', () => {
  const bounds = fc.tuple(
    fc.nat(500),
    fc.nat(500),
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 6 }),
  )
  fc.assert(
    fc.property(bounds, fc.stringMatching(/^[a-z]{0,3}$/), ([first, length, step, width], head) => {
      const [begin, end] = [first, first + length].map((n) => String(n).padStart(width, '0'))
      fc.pre(begin?.length === end?.length || !begin?.startsWith('0'))
      const padded = begin !== undefined && begin.length > 1 && begin.startsWith('0')
      const expected: string[] = []
      for (let n = first; n <= first + length; n += step) {
        expected.push(`${head}${String(n).padStart(padded ? width : 0, '0')}.x`)
      }
      expect(names(`${head}[${begin}:${end}:${step}].x`)).toEqual(expected)
    }),
  )
})

test('the number of names is the product of the ranges', () => {
  const size = fc.integer({ min: 1, max: 9 })
  fc.assert(
    fc.property(fc.array(size, { minLength: 1, maxLength: 4 }), (sizes) => {
      const text = sizes.map((n) => `x[1:${n}]`).join('-')
      const found = expandHosts(text)
      const hosts = 'names' in found ? found.names : []
      expect(hosts).toHaveLength(sizes.reduce((a, b) => a * b))
      expect(new Set(hosts).size).toBe(hosts.length)
    }),
  )
})
