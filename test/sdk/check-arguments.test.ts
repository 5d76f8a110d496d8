import { describe, expect, test } from 'vitest'
import { Secret } from '#model/secret.ts'
import { readArgumentSpec } from '#sdk/argument-spec.ts'
import { checkArguments } from '#sdk/check-arguments.ts'
import { convertArgument } from '#sdk/convert-argument.ts'

const option = (spec: object) => {
  const found = readArgumentSpec({ options: { x: spec } }).options.get('x')
  if (!found) throw new Error('The option was not read.')
  return found
}

describe('a value is converted', () => {
  test.each<[object, unknown, unknown]>([
    [{}, 80, '80'],
    [{ type: 'str' }, true, 'true'],
    [{ type: 'int' }, '80', 80],
    [{ type: 'int' }, -3, -3],
    [{ type: 'float' }, '1.5e3', 1500],
    [{ type: 'bool' }, 'yes', true],
    [{ type: 'bool' }, 0, false],
    [{ type: 'list' }, 'a, b', ['a', 'b']],
    [{ type: 'list' }, '', []],
    [{ type: 'list', elements: 'int' }, ['1', 2], [1, 2]],
    [{ type: 'dict' }, { a: 1 }, { a: 1 }],
    [{ type: 'dict' }, '{"a": 1}', { a: 1 }],
    [{ type: 'dict' }, 'a=1, b=2', { a: '1', b: '2' }],
    [{ type: 'raw' }, [1], [1]],
    [{ type: 'bytes' }, '2K', 2048],
    [{ type: 'json' }, { a: 1 }, '{"a":1}'],
    [{ type: 'path' }, '/x', '/x'],
    [{ type: 'nosuch' }, 1, 1],
    [{ choices: ['a', 'b'] }, 'a', 'a'],
    [{ type: 'int', choices: [1, 2] }, '2', 2],
    [{ type: 'dict', options: { n: { type: 'int' }, d: { default: 'e' } } }, { n: '1' }, { n: 1, d: 'e' }],
    [{ type: 'list', elements: 'dict', options: { n: { type: 'int' } } }, [{ n: '1' }], [{ n: 1 }]],
  ])('%j %j', (spec, value, expected) => expect(convertArgument('x', value, option(spec))).toEqual(expected))

  test('a secret stays one', () => {
    const secret = new Secret('80')
    expect(convertArgument('x', secret, option({ type: 'int' }))).toBe(secret)
  })
})

describe('a value is refused', () => {
  test.each<[object, unknown, string]>([
    [{ type: 'int' }, '1.5', '"x" must be a whole number, not "1.5".'],
    [{ type: 'int' }, true, '"x" must be a whole number, not "true".'],
    [{ type: 'bool' }, 'maybe', '"x" must be true or false, not "maybe".'],
    [{ type: 'str' }, [1], '"x" must be text, not a list.'],
    [{ type: 'dict' }, 'abc', '"x" must be a mapping, not "abc".'],
    [{ type: 'dict' }, '{"a"', '"x" must be a mapping, not "{"a"".'],
    [{ type: 'list', elements: 'int' }, ['1', 'b'], '"x[1]" must be a whole number, not "b".'],
    [{ choices: ['a', 'b'] }, 'c', '"x" must be one of a, b, not "c".'],
    [{ type: 'list', choices: ['a'] }, ['a', 'b'], '"x[1]" must be one of a, not "b".'],
    [{ type: 'dict', options: { n: {} } }, { m: 1 }, '"x" has no "m": it takes n.'],
    [{ type: 'dict', options: { n: { type: 'int' } } }, { n: 'a' }, '"x.n" must be a whole number, not "a".'],
  ])('%j %j', (spec, value, message) =>
    expect(() => convertArgument('x', value, option(spec))).toThrow(message),
  )
})

describe('arguments together', () => {
  test.each<[object, Record<string, unknown>, readonly string[]]>([
    [{ options: { a: { required: true } } }, {}, ['"a" is missing.']],
    [{ options: { a: { required: true } } }, { a: null }, ['"a" is missing.']],
    [{ options: { a: { required: true, default: 1 } } }, {}, []],
    [{ options: { a: {} } }, { other: 1 }, []],
    [{ mutually_exclusive: [['a', 'b']] }, { a: 1, b: 2 }, ['Only one of a, b may be given.']],
    [{ mutually_exclusive: ['a', 'b'] }, { a: 1, b: 2 }, ['Only one of a, b may be given.']],
    [{ required_together: [['a', 'b']] }, { a: 1 }, ['a, b must be given together.']],
    [{ required_one_of: [['a', 'b']] }, {}, ['One of a, b must be given.']],
    [
      { required_if: [['s', 'on', ['a', 'b']]] },
      { s: 'on', a: 1 },
      ['With "s" being "on", b must be given.'],
    ],
    [{ required_if: [['s', 'on', ['a', 'b'], true]] }, { s: 'on', a: 1 }, []],
    [
      { required_if: [['s', 'on', ['a', 'b'], true]] },
      { s: 'on' },
      ['With "s" being "on", one of a, b must be given.'],
    ],
    [
      { options: { l: { type: 'list', elements: 'dict', options: { n: { required: true } } } } },
      { l: [{ n: 1 }, {}] },
      ['"l[1].n" is missing.'],
    ],
    [
      { options: { d: { type: 'dict', options: { n: { required: true } } } } },
      { d: {} },
      ['"d.n" is missing.'],
    ],
  ])('%j %j', (spec, given, expected) =>
    expect(checkArguments(readArgumentSpec(spec), given)).toEqual(expected),
  )
})
