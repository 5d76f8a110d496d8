import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Choice, parsePattern, selectHosts, unknownNames } from '#lang/host-pattern.ts'

const choice: Choice = {
  hosts: new Map(
    ['web01', 'web02', 'web03', 'db1', 'db2', 'lonely.example.com', '2001:db8::1'].map((name) => [name, {}]),
  ),
  groups: new Map([
    ['all', { hosts: [], children: ['web', 'db', 'prod', 'ungrouped'] }],
    ['ungrouped', { hosts: ['lonely.example.com', '2001:db8::1'], children: [] }],
    ['web', { hosts: ['web01', 'web02', 'web03'], children: [] }],
    ['db', { hosts: ['db1', 'db2'], children: [] }],
    ['prod', { hosts: ['web03'], children: ['db'] }],
  ]),
}
const everyone = [...choice.hosts.keys()]

function select(text: string): readonly string[] | string {
  const pattern = parsePattern(text)
  return pattern.kind === 'error' ? pattern.message : selectHosts(pattern, choice)
}

describe('a pattern selects', () => {
  test.each<[string, readonly string[]]>([
    ['all', everyone],
    ['*', everyone],
    ['web01', ['web01']],
    ['web', ['web01', 'web02', 'web03']],
    ['prod', ['web03', 'db1', 'db2']],
    ['db:web01', ['db1', 'db2', 'web01']],
    ['db,web01', ['db1', 'db2', 'web01']],
    [' db , web01 ', ['db1', 'db2', 'web01']],
    ['db,db1', ['db1', 'db2']],
    ['web:&prod', ['web03']],
    ['web:!prod', ['web01', 'web02']],
    ['!prod:web', ['web01', 'web02']],
    ['!prod,&web', ['web01', 'web02']],
    ['!db', ['web01', 'web02', 'web03', 'lonely.example.com', '2001:db8::1']],
    ['&web', ['web01', 'web02', 'web03']],
    ['web:db:&prod:!db2', ['web03', 'db1']],
    ['*.example.com', ['lonely.example.com']],
    ['web0?', ['web01', 'web02', 'web03']],
    ['w?b', ['web01', 'web02', 'web03']],
    ['web0[12]x', []],
    ['web0[2-1]*', []],
    ['web0[2-1!1]', ['web01']],
    ['web0[!2-1]', ['web01', 'web02', 'web03']],
    ['db2:db:db', ['db2', 'db1']],
    ['db[!2]', ['db1']],
    ['d*', ['db1', 'db2']],
    ['~web0[12]', ['web01', 'web02']],
    ['~(web|db)0?1', ['web01', 'db1']],
    ['~eb0', []],
    ['~web\\d{1,2}$', ['web01', 'web02', 'web03']],
    ['~(?!web|all|prod|ungr).*:!db', ['lonely.example.com', '2001:db8::1']],
    ['web[0]', ['web01']],
    ['web[-1]', ['web03']],
    ['web[1:2]', ['web02', 'web03']],
    ['web[1-2]', ['web02', 'web03']],
    ['web[:1]', ['web01', 'web02']],
    ['web[1:]', ['web02', 'web03']],
    ['web[7]', []],
    ['web[-7]', []],
    ['web*[0]', ['web01']],
    ['web[0]:db[1]', ['web01', 'db2']],
    ['2001:db8::1', ['2001:db8::1']],
    ['[2001:db8::1]', ['2001:db8::1']],
    ['[2001:db8::1]:2200', ['2001:db8::1']],
    ['db1,2001:db8::1', ['db1', '2001:db8::1']],
    ['!2001:db8::1,ungrouped', ['lonely.example.com']],
    ['localhost', ['localhost']],
    ['nosuch', []],
  ])('%s', (text, hosts) => expect(select(text)).toEqual(hosts))
})

test('the implicit localhost is not in all', () => {
  const hosts = new Map([...choice.hosts, ['localhost', {}] as const])
  const pattern = parsePattern('all')
  if (pattern.kind === 'error') throw new Error(pattern.message)
  expect(selectHosts(pattern, { ...choice, hosts })).toEqual(everyone)
})

describe('a pattern is refused', () => {
  test.each([
    ['', 'The host pattern names no host.'],
    [',', 'The host pattern names no host.'],
    ['web:!', 'After "!" in a host pattern a name is missing.'],
    ['web[0', 'The bracket in "web[0" is not closed.'],
    ['web[:]', 'The subscript of "web[:]" is empty.'],
    ['web[-2:]', 'The subscript of "web[-2:]" counts from 0: [0], [-1], [1:3].'],
  ])('%s', (text, message) => expect(select(text)).toBe(message))

  test('with the reason of a broken regular expression', () => {
    expect(select('~web(')).toMatch(/^The regular expression "web\(" cannot be read: .*missing closing/)
  })
})

test('names of neither host nor group are unknown, with their place; globs never are', () => {
  const pattern = parsePattern('web:weeb,&x*, localhost :!nosuch[0]')
  if (pattern.kind === 'error') throw new Error(pattern.message)
  expect(unknownNames(pattern, choice).map(({ text, start, end }) => [text, start, end])).toEqual([
    ['weeb', 4, 8],
    ['nosuch', 25, 35],
  ])
})

const term = fc.constantFrom(
  'web',
  'db',
  'prod',
  'web01',
  'db2',
  'web*',
  '~db',
  'web[0]',
  'prod[1:]',
  'nosuch',
)

test('the written order of operators does not matter', () => {
  const terms = fc.array(fc.tuple(fc.constantFrom('', '&', '!'), term), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(terms, (parts) => {
      const plain = parts.filter(([sign]) => sign === '')
      const others = parts.filter(([sign]) => sign !== '')
      const text = (list: typeof parts) => list.map((part) => part.join('')).join(':')
      expect(select(text([...others, ...plain]))).toEqual(select(text([...plain, ...others])))
    }),
  )
})

test('comma and colon mean the same', () => {
  fc.assert(
    fc.property(fc.array(term, { minLength: 1, maxLength: 5 }), (parts) => {
      expect(select(parts.join(','))).toEqual(select(parts.join(':')))
    }),
  )
})

test('a selection has each host once, and any text is either a pattern or an error', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab1:,!&~*?[]()-.^ \\'.split('')) })
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        fc.array(term).map((parts) => parts.join(':')),
      ),
      (any) => {
        const selected = select(any)
        if (typeof selected === 'string') expect(selected).toMatch(/\.$/)
        else expect(new Set(selected).size).toBe(selected.length)
      },
    ),
  )
})
