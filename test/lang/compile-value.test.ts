import { describe, expect, it, test } from 'vitest'
import { compileText, compileValue, literalValue } from '#lang/compile-value.ts'
import { EvaluationError, UnknownValue } from '#model/evaluation-error.ts'
import type { Node } from '#model/node.ts'
import { omit } from '#model/omit.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import { lookupOf } from '../support/lookup.ts'
import { marked, yamlNode, yamlValue } from '../support/yaml-value.ts'

const variables = {
  port: 8080,
  on: true,
  name: 'web',
  empty: null,
  list: [1, 'a'],
  map: { a: 1, b: 'x' },
  password: new Secret('hunter2'),
}

const render = (yaml: string, more: Record<string, unknown> = {}) => {
  const { value, diagnostics } = yamlValue(yaml)
  expect(diagnostics).toEqual([])
  return value.render(lookupOf({ ...variables, ...more }))
}

const revealed = (value: unknown) => (value instanceof Secret ? `secret ${value.reveal()}` : value)

describe('values of YAML', () => {
  test.each<[string, unknown]>([
    ['"{{port}}"', 8080],
    ['"{{ port }}"', 8080],
    ['"{{on}}"', true],
    ['"{{list}}"', [1, 'a']],
    ['"{{map}}"', { a: 1, b: 'x' }],
    ['"{{empty}}"', null],
    ['"{{{port}}}"', 8080],
    ['"{{~port~}}"', 8080],
    ['" {{port}}"', ' 8080'],
    ['"{{port}}{{on}}"', '8080true'],
    ['"x={{list}} {{map}}"', 'x=[1,"a"] {"a":1,"b":"x"}'],
    ['"[{{empty}}]"', '[]'],
    ['"<&> {{name}}\'s"', "<&> web's"],
    ['"\\\\{{name}} {{name}}"', '{{name}} web'],
    ['"{{#if on}}{{port}}{{/if}}"', '8080'],
    ['!unsafe "{{port}}"', '{{port}}'],
    ['!expr port + 1', 8081],
    ['!expr "list.map(x, x)"', [1, 'a']],
    ['!expr true', true],
    ['plain text', 'plain text'],
    ['5', 5],
    ['{a: {b: "{{port}}"}, c: [1, "{{name}}"]}', { a: { b: 8080 }, c: [1, 'web'] }],
    ['{"{{name}}_port": 1}', { web_port: 1 }],
    ['|\n  port {{port}}\n  {{#each list}}\n  - {{this}}\n  {{/each}}\n', 'port 8080\n- 1\n- a\n'],
    ['"{{5}}"', 5],
    ['"{{\'text\'}}"', 'text'],
  ])('%s', (yaml, value) => expect(render(yaml)).toEqual(value))

  it('leaves out keys and items that are omit', () => {
    expect(render('{a: "{{default nope omit}}", b: "{{default port omit}}"}')).toEqual({ b: 8080 })
    expect(render('[1, "{{omit}}"]')).toEqual([1])
    expect(render('"{{omit}}"')).toBe(omit)
  })

  it('refuses omit inside longer text', () => {
    expect(() => render('"a {{omit}}"')).toThrow('"omit" cannot stand inside longer text.')
  })

  it('gives parts and what they read', () => {
    const { value } = yamlValue('{a: "{{x.y}}", b: [1, "{{default z 1}}"], c: text}')
    expect(value.keys).toEqual(['a', 'b', 'c'])
    expect([...value.names]).toEqual(['x', 'z'])
    expect([...value.required]).toEqual(['x'])
    expect([...value.paths]).toEqual(['x.y', 'z'])
    expect(value.child('b')?.length).toBe(2)
    expect(value.child('b')?.child(1)?.render(lookupOf({}))).toBe(1)
    expect([value.literal, value.child('c')?.literal, value.child('b')?.literal]).toEqual([
      false,
      true,
      false,
    ])
    expect(value.child('nope')).toBeUndefined()
  })

  it('makes literal values once and lets nobody change them', () => {
    const { value } = yamlValue('{a: [1, {b: 2}]}')
    const first = value.render(lookupOf({}))
    expect(value.render(lookupOf({}))).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
  })

  it('keeps a key called __proto__ a key', () => {
    const made = render('{__proto__: {admin: true}, a: 1}')
    expect(Object.keys(Object(made))).toEqual(['__proto__', 'a'])
    expect(Object(made).admin).toBeUndefined()
  })
})

describe('secrets', () => {
  test.each<[string, unknown]>([
    ['"{{password}}"', 'secret hunter2'],
    ['"p={{password}}"', 'secret p=hunter2'],
    ['"{{upper password}}"', 'secret HUNTER2'],
    ['"{{#if on}}{{password}}{{/if}}!"', 'secret hunter2!'],
    ['"{{#each pair}}{{this}},{{/each}}"', 'secret a,hunter2,'],
    ['"{{pair}} is a list"', 'secret ["a","hunter2"] is a list'],
    ['"{{size password}}"', 7],
    ['!expr password + "x"', 'secret hunter2x'],
  ])('%s', (yaml, value) => expect(revealed(render(yaml, { pair: ['a', variables.password] }))).toBe(value))

  it('come from vault text, which may hold templates', () => {
    const vault = (text: string) => {
      const node = {
        ...yamlNode('x'),
        kind: 'scalar',
        value: text,
        raw: '',
        style: 'plain',
        tag: 'vault',
      } as const
      return revealed(compileOf(node).render(lookupOf(variables)))
    }
    expect(vault('hunter2')).toBe('secret hunter2')
    expect(vault('http://{{name}}/')).toBe('secret http://web/')
    expect(vault('pa{{ss')).toBe('secret pa{{ss')
  })
})

describe('what is not known in check mode', () => {
  const unknown = { u: new Unknown('make user'), half: { a: new Unknown('make user'), b: 1 } }
  test.each([
    '"{{u}}"',
    '"{{u.uid}}"',
    '"x {{half}}"',
    '"{{half.a}}"',
    '{a: "{{u}}"}',
    '"{{#if u.x}}{{/if}}"',
    '"{{#each u}}{{/each}}"',
  ])('%s cannot be known', (yaml) => expect(() => render(yaml, unknown)).toThrow(UnknownValue))

  it('does not spread to what does not need it', () => {
    expect(render('"{{half.b}}"', unknown)).toBe(1)
  })
})

describe('data', () => {
  const range = yamlNode('x').range

  it('is never a template', () => {
    const value = literalValue({ a: '{{port}}', b: ['{{x}}'] }, range)
    expect(value.literal).toBe(true)
    expect(value.render(lookupOf(variables))).toEqual({ a: '{{port}}', b: ['{{x}}'] })
    expect(value.child('a')?.render(lookupOf({}))).toBe('{{port}}')
  })

  it('is not rendered again when a template reads it', () => {
    expect(render('"{{text}}!"', { text: '{{port}}' })).toBe('{{port}}!')
  })
})

describe('lazy objects', () => {
  function lazy(make: (key: string) => unknown, keys: readonly string[], asked: string[]): object {
    return new Proxy(Object.create(null), {
      ownKeys: () => [...keys],
      has: (_target, key) => keys.includes(String(key)),
      getOwnPropertyDescriptor: (_target, key) =>
        keys.includes(String(key))
          ? { configurable: true, enumerable: true, writable: true, value: undefined }
          : undefined,
      get(_target, key) {
        asked.push(String(key))
        return keys.includes(String(key)) ? make(String(key)) : undefined
      },
    })
  }

  it('are asked for no more than what is read', () => {
    const asked: string[] = []
    const hostvars = lazy((host) => lazy((name) => `${host}-${name}`, ['ip', 'os'], asked), ['a', 'b'], asked)
    expect(render('"{{hostvars.a.ip}}"', { hostvars })).toBe('a-ip')
    expect(asked).toEqual(['a', 'ip'])
    expect(render('!expr hostvars["b"].os', { hostvars })).toBe('b-os')
  })

  it('can be counted, searched, looped over and written out', () => {
    const hostvars = lazy((host) => lazy((name) => `${host}-${name}`, ['ip'], []), ['a', 'b'], [])
    expect(
      render('!expr hostvars.exists(h, hostvars[h].ip == "b-ip") && "a" in hostvars', { hostvars }),
    ).toBe(true)
    expect(render('"{{size hostvars}}{{#each hostvars}} {{@key}}={{ip}}{{/each}}"', { hostvars })).toBe(
      '2 a=a-ip b=b-ip',
    )
    expect(render('"x {{hostvars}}"', { hostvars })).toBe('x {"a":{"ip":"a-ip"},"b":{"ip":"b-ip"}}')
    expect(() => render('!expr hostvars.c', { hostvars })).toThrow('"hostvars" has no key "c".')
    expect(() => render('!expr hostvars.constructor', { hostvars })).toThrow('no key')
  })
})

describe('places', () => {
  const yaml = [
    'plain: x {{nope1}}',
    "single: 'it''s {{nope2}}'",
    'double: "a\\tb {{nope3}}"',
    'literal: |',
    '  first',
    '    {{nope4}}',
    'folded: >-',
    '  first',
    '  second {{nope5}}',
    'several: one',
    '  two {{nope6}}',
    'expr: !expr nope7 == 1',
    'quoted: !expr "nope8"',
    '"{{nope9}}": key',
  ].join('\n')

  test.each([
    ['nope1', '1:12 nope1'],
    ['nope2', '2:18 nope2'],
    ['nope3', '3:17 nope3'],
    ['nope4', '6:7 nope4'],
    ['nope5', '9:12 nope5'],
    ['nope6', '11:9 nope6'],
    ['nope7', '12:13 nope7'],
    ['nope8', '13:16 nope8'],
  ])('of %s are exact in every style', (name, place) => {
    expect(marked(yaml, yamlValue(yaml).value.rangeOf(name))).toBe(place)
  })

  it('stand in errors too', () => {
    try {
      render('a: 1\nb: |\n  x\n  {{ upper  list }}\n')
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error
      expect(error.message).toBe('Text is needed, not a list.')
      expect([error.range?.start.line, error.range?.start.column]).toEqual([4, 3])
    }
  })

  it('are those of the argument for a text of the command line', () => {
    const range = {
      file: '-e',
      start: { line: 1, column: 6, offset: 5 },
      end: { line: 1, column: 14, offset: 13 },
    }
    expect(compileText('{{nope}}', range).value.rangeOf('nope').start.column).toBe(8)
  })
})

describe('conditions and expressions as arguments', () => {
  it('arrive with their text and outcome', () => {
    const { value } = yamlValue('{that: [port > 1, nope == 1], var: name}', {
      conditionKeys: new Set(['that']),
      expressionKeys: new Set(['var']),
    })
    expect(value.render(lookupOf(variables))).toEqual({
      that: [
        { text: 'port > 1', value: true },
        { text: 'nope == 1', value: undefined, error: '"nope" is not defined.' },
      ],
      var: { text: 'name', value: 'web' },
    })
  })
})

function compileOf(node: Node) {
  const { value, diagnostics } = compileValue(node)
  expect(diagnostics).toEqual([])
  return value
}
