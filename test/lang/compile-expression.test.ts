import { describe, expect, it, test } from 'vitest'
import { compileCondition, compileExpression } from '#lang/compile-expression.ts'
import { evaluateCondition } from '#lang/evaluate-condition.ts'
import { EvaluationError, UndefinedName, UnknownValue } from '#model/evaluation-error.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import type { Expression } from '#model/value.ts'
import { lookupOf } from '../support/lookup.ts'
import { marked, yamlCondition, yamlNode } from '../support/yaml-value.ts'

const variables = {
  n: 5,
  port: 8080,
  name: 'web',
  yes: true,
  nothing: null,
  list: [1, 2, 3],
  users: [
    { name: 'ann', admin: true },
    { name: 'bob', admin: false },
  ],
  r: { rc: 0, stdout: 'done', changed: true, stat: { exists: true } },
  groups: { web: ['web1', 'web2'] },
  hostvars: { web1: { ip: '10.0.0.1' }, web2: { ip: '10.0.0.2' } },
  password: new Secret('hunter2'),
}

function compiled(text: string): Expression {
  const end = { line: 1, column: 1 + text.length, offset: text.length }
  const range = { file: 'test.yml', start: { line: 1, column: 1, offset: 0 }, end }
  const { expression, diagnostics } = compileExpression(text, range)
  if (!expression) throw new Error(JSON.stringify(diagnostics))
  return expression
}

const evaluate = (text: string, more: Record<string, unknown> = {}): unknown =>
  compiled(text).evaluate(lookupOf({ ...variables, ...more }))

function failure(text: string, more: Record<string, unknown> = {}): EvaluationError {
  try {
    evaluate(text, more)
  } catch (error) {
    if (error instanceof EvaluationError) return error
    throw error
  }
  throw new Error(`${text} did not fail`)
}

describe('values', () => {
  test.each<[string, unknown]>([
    ['n + 1', 6],
    ['5 / 2', 2.5],
    ['7 % 4', 3],
    ['n == 5 && n == 5.0', true],
    ['-n', -5],
    ['"a" + "b"', 'ab'],
    ['list + [4]', [1, 2, 3, 4]],
    ['list[0] + list[-1]', 4],
    ['list[n - 3]', 3],
    ['r["stdout"]', 'done'],
    ['hostvars[groups.web[1]].ip', '10.0.0.2'],
    ['n in [1, 5]', true],
    ['"rc" in r', true],
    ['"eb" in name', true],
    ['!yes || n > 3', true],
    ['yes ? 1 : 2', 1],
    ['nothing == null && name != null', true],
    ['[1, [2]] == [1, [2]] && {"a": 1} == {"a": 1}', true],
    ['list.map(x, x * 2)', [2, 4, 6]],
    ['list.map(x, x > 1, x * 2)', [4, 6]],
    ['users.filter(u, u.admin)[0].name', 'ann'],
    ['users.exists(u, u.name == "bob") && !users.all(u, u.admin)', true],
    ['users.exists_one(u, u.admin)', true],
    ['list.map(x, list.map(y, x * y)).size()', 3],
    ['hostvars.exists(h, hostvars[h].ip == "10.0.0.1")', true],
    ['cel.bind(p, port + 1, p * 2)', 16162],
    ['name.upper()', 'WEB'],
    ['upper(name).lower()', 'web'],
    ['name.matches("^w") && matches(name, "b$")', true],
  ])('%s', (text, value) => {
    expect(evaluate(text)).toEqual(value)
  })

  it('never lets BigInt out', () => {
    const seen = JSON.stringify(evaluate('[1, {"a": 2}, 3 + 4, list.map(x, 9), size(list)]'))
    expect(seen).toBe('[1,{"a":2},7,[9,9,9],3]')
  })

  it('skips what short-circuiting makes needless', () => {
    const names: string[] = []
    const lookup = {
      ...lookupOf(variables),
      get(name: string) {
        names.push(name)
        return Reflect.get(variables, name)
      },
    }
    compiled('n == 1 && list[0] == 1').evaluate(lookup)
    expect(names).toEqual(['n'])
  })
})

describe('errors', () => {
  test.each<[string, string, string]>([
    ['nmae == "web"', '"nmae" is not defined. Did you mean "name"?', 'nmae'],
    ['r.stdot == ""', '"r" has no key "stdot". Did you mean "stdout"?', 'stdot'],
    ['r.stat.exist', '"r.stat" has no key "exist". Did you mean "exists"?', 'exist'],
    ['nothing.x', '"nothing" is null and has no key "x".', 'x'],
    ['list[7] == 1', '"list" has 3 items, so there is no item 7.', 'list[7]'],
    [
      'n == "5"',
      'A number cannot be compared with text. Convert one of them with int(), float() or string().',
      'n == "5"',
    ],
    ['yes == "yes"', 'A boolean cannot be compared with text. Convert the text with bool().', 'yes == "yes"'],
    [
      '"5" in list',
      'Text cannot be compared with a number. Convert one of them with int(), float() or string().',
      '"5" in list',
    ],
    [
      'name < n',
      '"<" compares two numbers or two texts, not text with a number. Convert one of them with int(), float() or string().',
      'name < n',
    ],
    [
      'name + n',
      '"+" cannot be used with text and a number. Convert one of them with int(), float() or string().',
      'name + n',
    ],
    ['n / 0', 'Division by zero.', 'n / 0'],
    ['yes && r.stdout', '"r.stdout" is text, not true or false.', 'stdout'],
    ['!n', '"n" is a number, not true or false.', 'n'],
    ['users.filter(u, u.name)', '"u.name" is text, not true or false.', 'name'],
    ['bool("maybe")', '"maybe" is neither a yes nor a no.', 'bool("maybe")'],
    ['n.upper().first().join()', 'A list is needed, not text.', 'n.upper().first().join()'],
  ])('%s', (text, message, place) => {
    const error = failure(text)
    expect(error.message).toBe(message)
    expect(marked(text, error.range).replace(/^\S+ /, '')).toBe(place)
  })

  test.each([
    'constructor',
    'r.constructor',
    'r.__proto__',
    'list.constructor',
    'name.constructor',
    'r["hasOwnProperty"]',
    'toString',
  ])('cannot reach the prototype with %s', (text) => expect(failure(text)).toBeInstanceOf(UndefinedName))

  it('refuses a condition that is not boolean, saying how to ask', () => {
    const lookup = lookupOf(variables)
    expect(() => evaluateCondition(compiled('r.stdout'), lookup)).toThrow(
      '"r.stdout" is text, not true or false.',
    )
    expect(evaluateCondition(compiled('n > 3'), lookup)).toBe(true)
  })
})

describe('defined and default', () => {
  test.each<[string, unknown]>([
    ['defined(name)', true],
    ['defined(nope)', false],
    ['defined(nope.a.b)', false],
    ['defined(r.stat.exists) && has(r.stat)', true],
    ['defined(r.nope.deeper)', false],
    ['default(nope.a, 3)', 3],
    ['default(name, 3)', 'web'],
    ['nope.a.default(3)', 3],
    ['default(nothing, 3)', null],
    ['default("", "x", true)', 'x'],
    ['default({}, "x", true)', 'x'],
    ['default(nope)', ''],
    ['default(list[9], 0)', 0],
    ['default(nothing.x, 1)', 1],
  ])('%s', (text, value) => expect(evaluate(text)).toEqual(value))

  it('swallows nothing but what is not defined', () => {
    expect(failure('default(1 / 0, 5)').message).toBe('Division by zero.')
  })
})

describe('what is not known in check mode', () => {
  const unknown = {
    u: new Unknown('install nginx'),
    half: { known: 1, part: new Unknown('make user') },
    l: [1, new Unknown('make user')],
  }

  test.each([
    'u',
    'u.rc == 0',
    'upper(u)',
    'half.part',
    'u && true',
    'to_json(half)',
    'join([half.part])',
    'defined(u.rc)',
    'default(u, 1)',
    'last(l) == 2',
    'l == [1, 2]',
    '5 in l',
    'sum(l)',
    'sort(l)',
    'l.map(x, x + 1)',
    'upper(last(l))',
    '{"a": l} == {"a": [1, 2]}',
  ])('%s cannot be known', (text) => {
    const error = failure(text, unknown)
    expect(error).toBeInstanceOf(UnknownValue)
    expect(error.range).toBeDefined()
  })

  test.each<[string, unknown]>([
    ['half.known', 1],
    ['defined(u)', true],
    ['u.changed && false', false],
    ['u.changed || true', true],
    ['false && u.changed', false],
    ['size(half)', 2],
    ['1 in l', true],
    ['first(l)', 1],
    ['l == [2, 3]', false],
  ])('%s is known all the same', (text, value) => expect(evaluate(text, unknown)).toBe(value))
})

describe('secrets', () => {
  test.each([
    'password',
    'upper(password)',
    'password + "!"',
    'quote(password)',
    'b64encode(password)',
    'hash(password)',
    'to_json({"p": password})',
    'join([password, "x"])',
    'password.trim()',
    'string(password)',
    'replace("x", "x", password)',
  ])('%s is a secret', (text) => expect(evaluate(text)).toBeInstanceOf(Secret))

  test.each<[string, unknown]>([
    ['password == "hunter2"', true],
    ['password != "hunter2"', false],
    ['password in ["hunter2"]', true],
    ['password.matches("^hunter")', true],
    ['size(password)', 7],
    ['password < "i"', true],
    ['users.exists(u, u.name == password)', false],
  ])('%s is answered', (text, value) => expect(evaluate(text)).toBe(value))

  it('stays inside what it is part of', () => {
    const result = evaluate('combine(r, {"p": password}).p')
    expect(result).toBeInstanceOf(Secret)
    expect(evaluate('combine(r, {"p": password}).stdout')).toBe('done')
    expect(JSON.stringify(evaluate('split(password + ",b", ",")'))).toBe('["***","***"]')
  })

  it('never shows in an error', () => {
    expect(failure('int(password)').message).toBe('int cannot work with this secret value.')
  })
})

describe('what an expression reads', () => {
  test.each<[string, string[], string[], string[]]>([
    ['a.b == c', ['a', 'c'], ['a.b', 'c'], ['a', 'c']],
    ['defined(a) && a.b', ['a'], ['a', 'a.b'], []],
    ['a.b && defined(a)', ['a'], ['a.b', 'a'], ['a']],
    ['!defined(a) || a.b', ['a'], ['a', 'a.b'], []],
    ['defined(a) || a.b', ['a'], ['a', 'a.b'], ['a']],
    ['defined(a.b) ? a.b : c', ['a', 'c'], ['a.b', 'c'], ['c']],
    ['defined(a) && defined(b) && a + b == 1', ['a', 'b'], ['a', 'b'], []],
    ['(defined(a) || defined(b)) && a', ['a', 'b'], ['a', 'b'], ['a']],
    ['!(!defined(a) || c) && a', ['a', 'c'], ['a', 'c'], ['c']],
    ['default(a.b, c)', ['a', 'c'], ['a.b', 'c'], ['c']],
    ['default(a, false) && a.x', ['a'], ['a', 'a.x'], []],
    ['bool(default(a, false)) && a.x', ['a'], ['a', 'a.x'], []],
    ['default(a, true) && a.x', ['a'], ['a', 'a.x'], ['a']],
    ['l.map(x, x.y + z)', ['l', 'z'], ['l', 'l.*.y', 'z'], ['l', 'z']],
    ['l.filter(x, x).all(x, x > 1)', ['l'], ['l', 'l.*'], ['l']],
    [
      'hostvars[h].facts.os.family',
      ['h', 'hostvars'],
      ['h', 'hostvars.*.facts.os.family'],
      ['h', 'hostvars'],
    ],
    ['a["b c"].d[0]', ['a'], ['a.b c.d.0'], ['a']],
    [
      'groups.web.map(h, hostvars[h].ip)',
      ['groups', 'hostvars'],
      ['groups.web', 'groups.web.*', 'hostvars.*.ip'],
      ['groups', 'hostvars'],
    ],
    ['cel.bind(f, facts.os, f.family)', ['facts'], ['facts.os', 'facts.os.family'], ['facts']],
    ['upper(first(a.b).c)', ['a'], ['a.b'], ['a']],
    ['true', [], [], []],
  ])('%s', (text, names, paths, required) => {
    const expression = compiled(text)
    expect([...expression.names].sort()).toEqual(names)
    expect([...expression.paths].sort()).toEqual([...paths].sort())
    expect([...expression.required].sort()).toEqual(required)
  })

  it('says where a name first stands unguarded', () => {
    const text = 'defined(a) || a.b == 1'
    expect(marked(text, compiled(text).rangeOf('a'))).toBe('1:15 a')
  })
})

describe('mistakes found before the run', () => {
  test.each<[string, string, string]>([
    ['x = 1', '"=" is not expected here.', '='],
    ['x == ', 'The expression ends too early.', ' '],
    ['x == 1)', '")" is not expected here.', ')'],
    ['uper(x)', 'There is no function "uper". Did you mean "upper"?', 'uper(x)'],
    ['join()', 'join takes 1 to 2 arguments, not 0: join(list, separator?).', 'join()'],
    [
      'version(a)',
      'version takes 3 to 4 arguments, not 1: version(version, operator, other, scheme?).',
      'version(a)',
    ],
    ['a.?b', '"?" is not expected here.', '?'],
    ['9007199254740993 == x', 'The number 9007199254740993 is too large.', '9007199254740993'],
    ['"abc', 'Unterminated string.', '"abc'],
    ['', 'The expression is empty.', ''],
  ])('%s', (text, message, place) => {
    const end = { line: 1, column: 1 + text.length, offset: text.length }
    const range = { file: 'test.yml', start: { line: 1, column: 1, offset: 0 }, end }
    const { diagnostics } = compileExpression(text, range)
    expect(diagnostics.map((one) => [one.code, one.message])).toEqual([['bad-expression', message]])
    expect(marked(text, diagnostics[0]?.range).replace(/^\S+ /, '')).toBe(place)
  })
})

describe('conditions in YAML', () => {
  it('takes text, a boolean, or a list of them', () => {
    const texts = (yaml: string) => yamlCondition(yaml).conditions.map((one) => one.text)
    expect(texts('n > 3')).toEqual(['n > 3'])
    expect(texts('true')).toEqual(['true'])
    expect(texts('[n > 3, false]')).toEqual(['n > 3', 'false'])
    expect(yamlCondition('true').conditions[0]?.evaluate(lookupOf({}))).toBe(true)
  })

  it('lets later conditions of a list rely on earlier ones', () => {
    const { conditions } = yamlCondition('- defined(a)\n- a.b == 1\n- c')
    expect(conditions.map((one) => [...one.required])).toEqual([[], [], ['c']])
  })

  test.each(['5', '{a: 1}', '[[a]]', 'null'])('refuses %s', (yaml) => {
    expect(yamlCondition(yaml).diagnostics.map((one) => one.code)).toEqual(['wrong-type'])
  })

  test.each<[string, string, string]>([
    ['plain', 'when: n > nope', '1:11 nope'],
    ['single quotes', "when: 'name == ''a'' && nope'", '1:25 nope'],
    ['double quotes', 'when: "name == \\"a\\" && nope"', '1:25 nope'],
    ['a literal block', 'when: |\n  n > 1 &&\n  nope', '3:3 nope'],
    ['a folded block', 'when: >-\n  n > 1 &&\n    \n  nope', '4:3 nope'],
    ['several plain lines', 'when: n > 1 &&\n  nope', '2:3 nope'],
    ['windows line ends', 'when: |\r\n  n > 1 &&\r\n  nope', '3:3 nope'],
  ])('points into %s', (_style, yaml, place) => {
    const node = compileWhen(yaml)
    expect(marked(yaml, node.conditions[0]?.rangeOf('nope'))).toBe(place)
  })
})

function compileWhen(yaml: string) {
  const root = yamlNode(yaml)
  const entry = root.kind === 'map' ? root.entries[0] : undefined
  if (!entry) throw new Error('no entry')
  return compileCondition(entry.value)
}
