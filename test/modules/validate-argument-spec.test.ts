import { expect, test } from 'vitest'
import validate from '#modules/validate-argument-spec.ts'

const check = (args: object) =>
  validate.result?.({
    args: { argument_spec: {}, ...args },
    state: undefined,
    changes: [],
    applied: undefined,
    mode: 'check',
  })

test('accepts arguments that are as specified', () => {
  const argument_spec = { port: { type: 'int', required: true }, mode: { choices: ['fast', 'slow'] } }
  expect(check({ argument_spec, provided_arguments: { port: '80', mode: 'fast' } })).toEqual({
    msg: 'The arguments are right.',
  })
})

test('names all that is wrong at once, and the role, in check mode too', () => {
  const argument_spec = { port: { type: 'int' }, name: { required: true } }
  const given = { port: 'many' }
  expect(
    check({ argument_spec, provided_arguments: given, role: 'web', required_one_of: [['a', 'b']] }),
  ).toMatchObject({
    failed: true,
    msg: 'The arguments of the role "web" are wrong: "name" is missing. "port" must be a whole number, not "many". One of a, b must be given.',
  })
})
