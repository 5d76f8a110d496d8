import { describe, expect, it, test } from 'vitest'
import { compileSchema } from '#lang/json-schema.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import { t } from '#sdk/args.ts'

const d = { description: 'x' }
const schema = t.Args({
  name: t.String({ ...d, minLength: 1 }),
  state: t.Optional(t.Choice(['present', 'absent'], { ...d, default: 'present' })),
  port: t.Optional(t.Integer({ ...d, minimum: 1, maximum: 65535 })),
  ratio: t.Optional(t.Number(d)),
  enabled: t.Optional(t.Boolean(d)),
  packages: t.Optional(t.Strings({ ...d, maxItems: 3 })),
  lines: t.Optional(t.List({ type: 'string', 'x-tsplay': 'no-split' }, d)),
  options: t.Optional(t.Map(t.Integer(d), d)),
  owner: t.Optional(t.Union([t.String({ ...d, maxLength: 8 }), t.Integer(d)], d)),
  mode: t.Optional(t.Mode(d)),
  that: t.Optional(t.Conditions(d)),
  users: t.Optional(t.List(t.Object({ name: t.String(d), uid: t.Optional(t.Integer(d)) }, d), d)),
})

const { coerce, validate } = compileSchema(schema)
const withName = (more: Record<string, unknown>) => ({ name: 'x', state: 'present', ...more })

describe('coercion', () => {
  test.each<[string, unknown, unknown]>([
    ['enabled', 'yes', true],
    ['enabled', 'Off', false],
    ['enabled', 0, false],
    ['port', '80', 80],
    ['port', ' 80 ', 80],
    ['port', '080', '080'],
    ['port', '8x', '8x'],
    ['ratio', '1.5e3', 1500],
    ['name', 5, '5'],
    ['name', true, 'true'],
    ['packages', 'a, b', ['a', 'b']],
    ['packages', 'a', ['a']],
    ['packages', '', []],
    ['packages', 5, ['5']],
    ['packages', [1, true], ['1', 'true']],
    ['lines', 'a, b', ['a, b']],
    ['options', { a: '1' }, { a: 1 }],
    ['owner', 1000, 1000],
    ['owner', 'root', 'root'],
    ['mode', 0o644, 0o644],
    ['mode', '0644', '0644'],
    ['that', [{ text: 'a', value: true }], [{ text: 'a', value: true }]],
    ['users', { name: 'ann', uid: '5' }, [{ name: 'ann', uid: 5 }]],
    ['enabled', new Secret('yes'), true],
  ])('%s: %j', (key, given, coerced) => {
    expect(coerce({ ...withName({}), [key]: given })).toEqual({ ...withName({}), [key]: coerced })
  })

  it('fills in defaults and leaves optional nulls out', () => {
    expect(coerce({ name: 'x', port: null, state: null })).toEqual({ name: 'x', state: 'present' })
    expect(coerce({ name: null })).toEqual({ name: null, state: 'present' })
  })

  it('changes nothing in what it was given', () => {
    const given = Object.freeze({ name: 'x', packages: Object.freeze([1]) })
    expect(coerce(given)).not.toBe(given)
  })
})

describe('messages', () => {
  test.each<[Record<string, unknown>, (string | number)[], string, string]>([
    [{ nam: 'x' }, ['nam'], 'additionalProperties', 'There is no "nam". Did you mean "name"?'],
    [{ nam: 'x' }, [], 'required', '"name" is missing.'],
    [
      withName({ state: 'presnt' }),
      ['state'],
      'enum',
      '"state" must be one of present or absent, not "presnt". Did you mean "present"?',
    ],
    [withName({ port: 'http' }), ['port'], 'type', '"port" must be a whole number, not "http".'],
    [withName({ port: 1.5 }), ['port'], 'type', '"port" must be a whole number, not 1.5.'],
    [withName({ port: 0 }), ['port'], 'minimum', '"port" must be at least 1, not 0.'],
    [withName({ enabled: 'maybe' }), ['enabled'], 'type', '"enabled" must be true or false, not "maybe".'],
    [{ name: '' }, ['name'], 'minLength', '"name" must not be empty.'],
    [{ name: ['a'] }, ['name'], 'type', '"name" must be text, not a list.'],
    [withName({ packages: 'a,b,c,d' }), ['packages'], 'maxItems', '"packages" must have at most 3 items.'],
    [withName({ owner: ['x'] }), ['owner'], 'anyOf', '"owner" must be text or a whole number, not a list.'],
    [withName({ owner: 'much-too-long' }), ['owner'], 'maxLength', '"owner" must have at most 8 characters.'],
    [
      withName({ users: [{ nme: 'x' }] }),
      ['users', 0, 'nme'],
      'additionalProperties',
      '"users[0]" has no "nme". Did you mean "name"?',
    ],
    [withName({ users: [{}] }), ['users', 0], 'required', '"users[0]" needs "name".'],
    [
      withName({ options: { '0': 'a' } }),
      ['options', '0'],
      'type',
      '"options.0" must be a whole number, not "a".',
    ],
  ])('%j', (value, path, keyword, message) => {
    expect(validate(coerce(value))).toContainEqual(expect.objectContaining({ path, keyword, message }))
  })

  it('name what would be accepted', () => {
    expect(validate(withName({ state: 'x' }))[0]?.allowed).toEqual(['present', 'absent'])
  })

  it('never quote a secret', () => {
    const issues = validate(coerce({ name: 'x', port: new Secret('hunter2'), state: new Secret('hunter3') }))
    expect(issues.map(({ message }) => message)).toEqual([
      '"state" must be one of present or absent.',
      '"port" must be a whole number.',
    ])
  })

  it('say one thing once', () => {
    expect(validate({ name: 5 })).toHaveLength(1)
  })
})

describe('parts that are not known yet', () => {
  it('are not judged', () => {
    expect(
      validate(
        coerce({ name: new Unknown('t'), port: new Unknown('t'), users: [{ name: new Unknown('t') }] }),
      ),
    ).toEqual([])
    expect(validate({ name: '{{x}}', port: '{{y}}' }, [['port']])).toEqual([])
    expect(validate({ name: 'x', users: ['?'] }, [['users', 0]])).toEqual([])
    expect(validate({ name: 'x', owner: ['?'] }, [['owner', 0]])).toEqual([])
    expect(validate({ name: '' }, [['port']])).toHaveLength(1)
  })
})

it('compiles a schema once', () => {
  expect(compileSchema(schema)).toBe(compileSchema(schema))
})
