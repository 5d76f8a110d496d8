import fc from 'fast-check'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { compileTemplateFile } from '#lang/compile-template-file.ts'
import { compileText } from '#lang/compile-value.ts'
import { type FunctionEntry, functionReference } from '#lang/function-reference.ts'
import { strftime } from '#lang/functions/strftime.ts'
import { setYamlCodec } from '#lang/yaml-codec.ts'
import { yamlCodec } from '#load/yaml-codec.ts'
import { UndefinedName } from '#model/evaluation-error.ts'
import { Secret } from '#model/secret.ts'
import { lookupOf } from '../support/lookup.ts'
import { yamlValue } from '../support/yaml-value.ts'

beforeAll(() => setYamlCodec(yamlCodec))

type Controller = NonNullable<Parameters<typeof lookupOf>[1]>

function evaluate(
  cel: string,
  variables: Record<string, unknown> = {},
  controller: Controller = {},
): unknown {
  const { value, diagnostics } = yamlValue(`!expr ${JSON.stringify(cel)}`)
  expect(diagnostics).toEqual([])
  return value.render(lookupOf(variables, controller))
}

function renderText(template: string): unknown {
  const end = { line: 1, column: 1 + template.length, offset: template.length }
  const { value, diagnostics } = compileText(template, {
    file: '-',
    start: { line: 1, column: 1, offset: 0 },
    end,
  })
  expect(diagnostics).toEqual([])
  return value.render(lookupOf({}))
}

describe('every example of the reference', () => {
  const reference = functionReference()
  const certain = reference.filter((entry) => 'gives' in entry.example)

  test.each(certain.map((entry): [string, FunctionEntry] => [entry.example.cel, entry]))(
    '%s in CEL',
    (cel, entry) => {
      expect(evaluate(cel)).toEqual(entry.example.gives)
    },
  )

  test.each(certain.map((entry): [string, FunctionEntry] => [entry.example.handlebars ?? entry.name, entry]))(
    '%s in a template',
    (template, entry) => expect(renderText(template)).toEqual(entry.example.gives),
  )

  it('is there in both languages', () => {
    expect(reference.filter((entry) => entry.example.handlebars === undefined)).toEqual([])
  })

  it('has all functions that the language promises', () => {
    const promised =
      'default defined bool int float string size length lower upper capitalize trim replace regex_replace regex_search matches split join first last sort unique reverse flatten map_attr select reject union intersect difference keys values items dict range min max sum abs round to_json from_json to_yaml from_yaml to_nice_json to_nice_yaml b64encode b64decode hash basename dirname quote indent comment version combine ternary random password env file fileglob first_found pipe now strftime ipaddr changed failed skipped succeeded unreachable'
    const names = new Set(reference.map((entry) => entry.name))
    expect(promised.split(' ').filter((name) => !names.has(name))).toEqual([])
    expect(names.size).toBe(reference.length)
  })

  it('has a sentence for each', () => {
    expect(reference.filter(({ summary }) => !/^[A-Z].*\.$/.test(summary)).map(({ name }) => name)).toEqual(
      [],
    )
  })
})

describe('edges', () => {
  test.each<[string, unknown]>([
    ['capitalize("éCOLE")', 'École'],
    ['trim("xxaxx", "x")', 'a'],
    ['trim("xx", "x")', ''],
    ['replace("a.a.a", ".", "$&", 1)', 'a$&a.a'],
    ['split("  a  b ")', ['a', 'b']],
    ['split("a b c", " ", 1)', ['a', 'b c']],
    ['split("a,b,,", ",")', ['a', 'b', '', '']],
    ['join([1, true, [2], null])', '1true[2]'],
    ['indent("a\\n\\nb", 2, true)', '  a\n\n  b'],
    ['int("12.9")', 12],
    ['int(-2.5)', -2],
    ['int("ff", 16)', 255],
    ['int("0b101", 2)', 5],
    ['float("1e3")', 1000],
    ['bool("OFF")', false],
    ['bool(1)', true],
    ['string(null)', 'null'],
    ['string({"a": [1]})', '{"a":[1]}'],
    ['size("😀é")', 2],
    ['size({})', 0],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['round(1.005, 2)', 1.01],
    ['round(1.21, 1, "ceil")', 1.3],
    ['min(["b", "a"])', 'a'],
    ['sum([])', 0],
    ['sum([1.5, "2"])', 3.5],
    ['range(5, 0, -2)', [5, 3, 1]],
    ['range(0)', []],
    ['slice([1, 2, 3], -2, -1)', [2]],
    ['sort([10, 9, 1])', [1, 9, 10]],
    ['sort(["b", "a"], null, true)', ['b', 'a']],
    ['sort([{"a": {"b": 2}}, {"a": {"b": 1}}], "a.b")[0].a.b', 1],
    ['unique([[1], [1], {"a": 1}, {"a": 1}, "1", 1])', [[1], { a: 1 }, '1', 1]],
    ['unique([{"a": 1, "b": 1}, {"a": 1, "b": 2}], "a")', [{ a: 1, b: 1 }]],
    ['flatten([1, [2, [3]]], 1)', [1, 2, [3]]],
    ['select([{"a": true}, {"a": ""}, {}], "a")', [{ a: true }]],
    ['reject([{"a": true}, {"b": 1}], "a")', [{ b: 1 }]],
    ['map_attr([{"a": 1}, {}], "a", 0)', [1, 0]],
    ['combine({"a": 1}, {"a": 2}, {"b": 3})', { a: 2, b: 3 }],
    ['combine({"a": {"x": 1}}, {"a": {"y": 2}})', { a: { y: 2 } }],
    ['combine({"a": [1]}, {"a": [2]}, true)', { a: [2] }],
    ['dict([{"key": "a", "value": 1}])', { a: 1 }],
    ['dict(items({"a": 1}))', { a: 1 }],
    ['items({"a": 1}, "name", "port")', [{ name: 'a', port: 1 }]],
    ['regex_replace("a1b22", "[0-9]+", "#")', 'a#b#'],
    ['regex_replace("a1b22", "[0-9]+", "#", 1)', 'a#b22'],
    ['regex_replace("foo bar", "(?P<x>b)ar", "\\\\g<x>")', 'foo b'],
    ['regex_replace("aXbx", "x", "-", 0, true)', 'a-b-'],
    ['regex_replace("foobar foobaz", "foo(?=baz)", "-")', 'foobar -baz'],
    ['regex_search("eth0: up", "(\\\\w+): (\\\\w+)", "\\\\1", "2")', ['eth0', 'up']],
    ['regex_search("x", "y")', null],
    [
      'regex_findall("a=1,b=2", "(\\\\w)=(\\\\d)")',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['matches("a\\nb", "a$")', false],
    ['basename("/etc/")', ''],
    ['dirname("hosts")', ''],
    ['dirname("/hosts")', '/'],
    ['join_path("/a", "/b", "c")', '/b/c'],
    ['quote("")', "''"],
    ['quote("it\'s")', "'it'\\''s'"],
    ['hash("test")', 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'],
    ['hash("test", "sha256")', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['b64decode(b64encode("äö€"))', 'äö€'],
    ['from_json(to_json({"a": [1, null, "x"]}))', { a: [1, null, 'x'] }],
    ['from_yaml(to_nice_yaml({"a": [1, {"b": "yes"}]}))', { a: [1, { b: 'yes' }] }],
    ['to_nice_json({"b": 1, "a": {"d": 1, "c": 2}}, 1)', '{\n "a": {\n  "c": 2,\n  "d": 1\n },\n "b": 1\n}'],
    ['random(100, "seed") == random(100, "seed")', true],
    ['type([]) + type({}) + type(1) + type(true) + type(null)', 'listmapnumberboolnull'],
    ['ternary("", 1, 2)', 2],
    ['ternary(true, 1, nope)', 1],
  ])('%s', (cel, value) => expect(evaluate(cel)).toEqual(value))

  test.each<[string, string]>([
    ['first([])', 'The list is empty.'],
    ['max([1, "a"])', 'Text and a number have no order.'],
    ['range(0, 1, 0)', 'The step is 0.'],
    ['range(10000000)', '10000000 numbers are too many; 1,000,000 is the limit.'],
    ['int("12x")', '"12x" is not a number.'],
    ['b64decode("%")', 'The text is not base64.'],
    ['from_json("{a}")', 'The text is not JSON.'],
    [
      'hash("x", "crc")',
      '"crc" is no checksum tsplay knows; use one of sha1, sha224, sha256, sha384, sha512, md5.',
    ],
    ['matches("x", "(")', 'The pattern "(" is not a regular expression: missing closing ): `(`.'],
    [
      'matches("x", "a(?=b)")',
      'The pattern "a(?=b)" uses look-around or a back-reference, which is not available here because its time has no bound.',
    ],
    ['map_attr([{}], "a")', 'An item has no attribute "a".'],
    ['version("1", "~", "2")', '"~" compares nothing; use one of <, <=, ==, !=, >=, >.'],
    ['changed("x")', 'The result of a task is needed, as "register" gives it, not text.'],
    ['strftime("%Q")', '"%Q" is no time format.'],
    ['split("a", "")', 'The separator is empty.'],
  ])('%s fails', (cel, message) => expect(() => evaluate(cel)).toThrow(message))
})

describe('versions', () => {
  const ascending = [
    '1.0~rc1',
    '1.0',
    '1.0.1',
    '1.2rc1',
    '1.2',
    '1.2.0.1',
    '1.9',
    '1.10',
    '2.0.0-alpha',
    '2.0.0-rc1',
    '2.0.0',
    '10',
  ]
  it('are ordered by their numbers', () => {
    for (let i = 1; i < ascending.length; i++) {
      const [a, b] = [ascending[i - 1], ascending[i]]
      expect([a, b, evaluate('version(a, "<", b)', { a, b })]).toEqual([a, b, true])
      expect(evaluate('version(b, ">=", a) && version(a, "!=", b)', { a, b })).toBe(true)
    }
  })

  test.each<[string, boolean]>([
    ['version("1.2", "==", "1.2.0")', true],
    ['version("v1.2", "eq", "1.2")', true],
    ['version("5.15.0-91-generic", ">", "5.4")', true],
    ['version("1.2.3-rc.1", "<", "1.2.3", "semver")', true],
    ['version("1.2.3+a", "==", "1.2.3+a", "semver")', true],
  ])('%s', (cel, value) => expect(evaluate(cel)).toBe(value))
})

describe('addresses', () => {
  test.each<[string, unknown]>([
    ['ipaddr("10.0.0.1")', '10.0.0.1'],
    ['ipaddr("10.0.0")', false],
    ['ipaddr("300.0.0.1")', false],
    ['ipaddr("10.0.0.1/33")', false],
    ['ipaddr("10.1.2.3/8", "network")', '10.0.0.0'],
    ['ipaddr("10.1.2.3/8", "netmask")', '255.0.0.0'],
    ['ipaddr("10.1.2.3/255.255.0.0", "prefix")', 16],
    ['ipaddr("10.1.2.3/24", "address")', '10.1.2.3'],
    ['ipaddr("10.1.2.3/24", "broadcast")', '10.1.2.255'],
    ['ipaddr("10.1.2.3/24", "subnet")', '10.1.2.0/24'],
    ['ipaddr("10.1.2.0/24", "net")', '10.1.2.0/24'],
    ['ipaddr("10.1.2.3/24", "net")', false],
    ['ipaddr("10.1.2.0/24", "size")', 256],
    ['ipaddr("10.1.2.0/24", "first_usable")', '10.1.2.1'],
    ['ipaddr("10.1.2.0/24", "last_usable")', '10.1.2.254'],
    ['ipaddr("10.1.2.0/31", "last_usable")', '10.1.2.1'],
    ['ipaddr("10.1.2.0/24", "5")', '10.1.2.5/24'],
    ['ipaddr("10.1.2.0/24", -2)', '10.1.2.254/24'],
    ['ipaddr("10.1.2.3", "10.0.0.0/8")', '10.1.2.3'],
    ['ipaddr("11.1.2.3", "10.0.0.0/8")', false],
    ['ipaddr("192.168.1.1", "private")', '192.168.1.1'],
    ['ipaddr("8.8.8.8", "public")', '8.8.8.8'],
    ['ipaddr("fe80::1", "ipv4")', false],
    ['ipaddr("2001:db8::1/64", "network")', '2001:db8::'],
    ['ipaddr("2001:db8::/64", "3")', '2001:db8::3/64'],
    ['ipaddr("fd00::1", "private")', 'fd00::1'],
    ['ipaddr(["10.0.0.1", "x", "::1"], "ipv6")', ['::1']],
  ])('%s', (cel, value) => expect(evaluate(cel)).toEqual(value))
})

describe('times', () => {
  const time = new Date('2026-01-04T03:05:09Z')

  test.each<[string, string]>([
    ['%Y-%m-%d %H:%M:%S', '2026-01-04 03:05:09'],
    ['%F %T %R %D', '2026-01-04 03:05:09 03:05 01/04/26'],
    ['%a %A %b %B %e', 'Sun Sunday Jan January  4'],
    ['%I %p %y %j %u %w', '03 AM 26 004 7 0'],
    ['%U %W %V %G', '01 00 01 2026'],
    ['%s %z %Z %%', '1767495909 +0000 UTC %'],
    ['%-d.%-m.', '4.1.'],
    ['%c', 'Sun Jan  4 03:05:09 2026'],
  ])('%s', (format, text) => expect(strftime(format, time, true)).toBe(text))

  test.each<[string, string]>([
    ['2024-12-30', '2025-W01'],
    ['2021-01-03', '2020-W53'],
    ['2027-01-01', '2026-W53'],
    ['2026-12-31', '2026-W53'],
  ])('%s is in ISO week %s', (day, week) =>
    expect(strftime('%G-W%V', new Date(`${day}T12:00:00Z`), true)).toBe(week),
  )
})

describe('the controller', () => {
  const files = new Map([['/motd', 'hello\n\n']])
  const controller: Controller = {
    env: (name) => (name === 'HOME' ? '/root' : undefined),
    readFile: (path) => files.get(path) ?? missing(path),
    exists: (path) => files.has(path),
    glob: (pattern) => [`${pattern}/a`],
    pipe: (command) => `${command}!\n`,
    createSecret: (path, text) => void files.set(path, text),
  }

  test.each<[string, unknown]>([
    ['env("HOME")', '/root'],
    ['env("NOPE")', ''],
    ['env("NOPE", "x")', 'x'],
    ['file("/motd")', 'hello'],
    ['fileglob("/x")', ['/x/a']],
    ['first_found(["/nope", "/motd"])', '/motd'],
    ['first_found("/nope", "/motd")', '/motd'],
    ['default(first_found("/nope"), "none")', 'none'],
    ['pipe("date")', 'date!'],
    ['now()', '2026-03-04T05:06:07Z'],
    ['now("%H:%M", true)', '05:06'],
  ])('%s', (cel, value) => expect(evaluate(cel, {}, controller)).toEqual(value))

  it('tells which file was not there', () => {
    expect(() => evaluate('file("/nope")', {}, controller)).toThrow('"/nope" is missing')
    expect(() => evaluate('first_found("/a", "/b")', {}, controller)).toThrow(UndefinedName)
  })

  it('keeps one password for each path', () => {
    const first = evaluate('password("/db", 12, "digits")', {}, controller)
    const again = evaluate('password("/db")', {}, controller)
    expect(first instanceof Secret && /^\d{12}$/.test(first.reveal())).toBe(true)
    expect(again instanceof Secret && first instanceof Secret && again.reveal()).toBe(
      files.get('/db')?.trim(),
    )
  })

  it('does not make a password where nothing may be written', () => {
    expect(() => evaluate('password("/other")')).toThrow('The password file "/other" does not exist.')
  })
})

function missing(path: string): never {
  throw new Error(`"${path}" is missing`)
}

describe('for any text', () => {
  const asVariable = (cel: string, text: string) => evaluate(cel, { text })
  it.each([
    'b64decode(b64encode(text)) == text',
    'from_json(to_json(text)) == text',
    'reverse(reverse(text)) == text',
    'join(split(text, "x"), "x") == text',
    'matches(text, regex_escape(text))',
    'replace(text, "a", "a") == text',
  ])('%s', (cel) => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => asVariable(cel, text) === true))
  })

  it('templates write it as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { value } = compileTemplateFile('<{{text}}>', 'any.hbs')
        expect(value.render(lookupOf({ text }))).toBe(`<${text}>`)
      }),
    )
  })
})
