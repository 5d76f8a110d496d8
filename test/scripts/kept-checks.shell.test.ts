import { createRequire } from 'node:module'
import { isDeepStrictEqual } from 'node:util'
import { compileFunction } from 'node:vm'
import { Ajv, type ValidateFunction } from 'ajv'
import { describe, expect, it } from 'vitest'
import { compileSchema } from '#lang/json-schema.ts'
import { isMap } from '#lang/kind-of.ts'
import { checkedPart, checkOptions, keptCheck } from '#lang/schema-check.ts'
import { moduleLoaders } from '#modules/index.ts'
import { checkCode } from '../../scripts/kept-checks.ts'

/** What the build keeps, as the bundle would have it. */
function keptCheckOf(schema: object): ValidateFunction {
  const module = { exports: {} as ValidateFunction }
  compileFunction(checkCode(schema), ['module', 'exports', 'require'])(
    module,
    module.exports,
    createRequire(import.meta.url),
  )
  return module.exports
}

const wrong = [null, true, '', -1.5, [7], { x: 1 }]

/** The same arguments with each of them, and one more, taken for something else. */
function* changed(args: Readonly<Record<string, unknown>>): Generator<Record<string, unknown>> {
  for (const name of [...Object.keys(args), 'not_there']) {
    for (const value of wrong) yield { ...args, [name]: value }
    const { [name]: _, ...rest } = args
    yield rest
  }
}

describe('the check that the build keeps for a module', () => {
  it.each(Object.entries(moduleLoaders))('finds in arguments of %s what Ajv finds', async (_, load) => {
    const { default: definition } = await load()
    const ajv = new Ajv(checkOptions).compile(checkedPart(definition.args))
    const kept = keptCheckOf(definition.args)
    const finds = (check: ValidateFunction, args: unknown) => ({ holds: check(args), errors: check.errors })
    const tried = definition.examples.flatMap(({ args }) => (isMap(args) ? [args, ...changed(args)] : []))
    const different = tried.filter((args) => !isDeepStrictEqual(finds(kept, args), finds(ajv, args)))
    expect(tried.length).toBeGreaterThan(definition.examples.length)
    expect(different).toEqual([])
  })

  it('is used instead of one that would be compiled', () => {
    const schema = { type: 'object', properties: {} }
    const other = keptCheckOf({ type: 'object', required: ['path'] })
    Object.defineProperty(schema, keptCheck, { value: other })
    expect(compileSchema(schema).validate({})).toHaveLength(1)
    expect(compileSchema({ ...schema }).validate({})).toEqual([])
  })
})
