import { expect, test } from 'vitest'
import validate from '#modules/validate-argument-spec.ts'

const plan = (args: object) =>
  validate.plan({ args: { argument_spec: {}, ...args }, state: undefined, mode: 'apply' })

test('accepts arguments that are as specified, and changes nothing', () => {
  const argument_spec = { port: { type: 'int', required: true }, mode: { choices: ['fast', 'slow'] } }
  expect(plan({ argument_spec, provided_arguments: { port: '80', mode: 'fast' } })).toEqual([])
})

test('names all that is wrong at once, and the role', () => {
  const argument_spec = { port: { type: 'int' }, name: { required: true } }
  expect(() =>
    plan({ argument_spec, provided_arguments: { port: 'many' }, role: 'web', required_one_of: [['a', 'b']] }),
  ).toThrow(
    'The arguments of role web are wrong: "name" is missing. "port" must be a whole number, not "many". One of a, b must be given.',
  )
})
