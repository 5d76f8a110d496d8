import type { ArgumentSpec } from './argument-spec.ts'
import { ArgumentProblem, convertArgument } from './convert-argument.ts'

type Given = Readonly<Record<string, unknown>>

/**
 * What is wrong with the arguments of a role, as sentences; empty when nothing is. `given` holds only names that
 * are defined. Names that the specification does not have are left alone: a role sees all variables of its host.
 */
export function checkArguments(spec: ArgumentSpec, given: Given, path = ''): readonly string[] {
  return [
    ...missing(spec, given, path),
    ...wrong(spec, given, path),
    ...exclusive(spec, given),
    ...together(spec, given),
    ...oneOf(spec, given),
    ...conditional(spec, given),
  ]
}

const isGiven = (given: Given, name: string): boolean => given[name] !== undefined && given[name] !== null

function missing({ options }: ArgumentSpec, given: Given, path: string): readonly string[] {
  return [...options]
    .filter(([name, option]) => option.required && option.default === undefined && !isGiven(given, name))
    .map(([name]) => `"${path}${name}" is missing.`)
}

function wrong({ options }: ArgumentSpec, given: Given, path: string): readonly string[] {
  return [...options].flatMap(([name, option]) => {
    if (!isGiven(given, name)) return []
    const problem = problemOf(() => convertArgument(`${path}${name}`, given[name], option))
    if (problem !== undefined) return [problem]
    const { nested } = option
    if (!nested) return []
    const below = Array.isArray(given[name]) ? given[name] : [given[name]]
    return below.flatMap((item: unknown, i: number) => {
      const place = Array.isArray(given[name]) ? `${path}${name}[${i}].` : `${path}${name}.`
      return typeof item === 'object' && item !== null ? checkArguments(nested, { ...item }, place) : []
    })
  })
}

function problemOf(convert: () => unknown): string | undefined {
  try {
    convert()
    return undefined
  } catch (error) {
    if (error instanceof ArgumentProblem) return error.message
    throw error
  }
}

function exclusive({ mutuallyExclusive }: ArgumentSpec, given: Given): readonly string[] {
  return mutuallyExclusive
    .filter((names) => names.filter((name) => isGiven(given, name)).length > 1)
    .map((names) => `Only one of ${names.join(', ')} may be given.`)
}

function together({ requiredTogether }: ArgumentSpec, given: Given): readonly string[] {
  return requiredTogether
    .filter(
      (names) => names.some((name) => isGiven(given, name)) && !names.every((name) => isGiven(given, name)),
    )
    .map((names) => `${names.join(', ')} must be given together.`)
}

function oneOf({ requiredOneOf }: ArgumentSpec, given: Given): readonly string[] {
  return requiredOneOf
    .filter((names) => !names.some((name) => isGiven(given, name)))
    .map((names) => `One of ${names.join(', ')} must be given.`)
}

function conditional({ requiredIf }: ArgumentSpec, given: Given): readonly string[] {
  return requiredIf.flatMap(([name, value, wanted, any]) => {
    if (given[String(name)] !== value || !Array.isArray(wanted)) return []
    const absent = wanted.map(String).filter((one) => !isGiven(given, one))
    const isEnough = any === true ? absent.length < wanted.length : absent.length === 0
    if (isEnough) return []
    const needed = any === true ? `one of ${absent.join(', ')}` : absent.join(', ')
    return [`With "${name}" being ${JSON.stringify(value)}, ${needed} must be given.`]
  })
}
