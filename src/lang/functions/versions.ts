import { createRequire } from 'node:module'
import { textOf } from './arguments.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'

export const versionFunctions: readonly FunctionDefinition[] = [
  {
    name: 'version',
    signature: 'version(version, operator, other, scheme?)',
    summary: 'Compares two versions, such as 1.10 and 1.9; the scheme is `loose` (the default) or `semver`.',
    example: ["version('1.10', '>=', '1.9')", true],
    call: ([version, operator, other, scheme]) => {
      const order = comparerFor(scheme)(textOf(version), textOf(other))
      const holds = operators[textOf(operator)]
      if (holds) return holds(order)
      throw new BadArgument(`"${textOf(operator)}" compares nothing; use one of <, <=, ==, !=, >=, >.`)
    },
  },
]

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  lt: (order) => order < 0,
  '<=': (order) => order <= 0,
  le: (order) => order <= 0,
  '>': (order) => order > 0,
  gt: (order) => order > 0,
  '>=': (order) => order >= 0,
  ge: (order) => order >= 0,
  '==': (order) => order === 0,
  '=': (order) => order === 0,
  eq: (order) => order === 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  ne: (order) => order !== 0,
}

type Comparer = (a: string, b: string) => number

function comparerFor(scheme: unknown): Comparer {
  const name = scheme === undefined ? 'loose' : textOf(scheme)
  if (name === 'loose') return compareLoose
  if (name === 'semver') return compareSemver
  throw new BadArgument(`"${name}" is no scheme of versions; use loose or semver.`)
}

/** Numbers by value, words by letter; a word such as `rc1` comes before the release it leads to. */
function compareLoose(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = comparePart(left[i], right[i])
    if (order !== 0) return order
  }
  return 0
}

function partsOf(version: string): readonly string[] {
  return (
    version
      .trim()
      .replace(/^v(?=\d)/i, '')
      .match(/\d+|[a-z~]+/gi) ?? []
  )
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return restOrder(a, b)
  const [isNumber, isOtherNumber] = [/^\d/.test(a), /^\d/.test(b)]
  if (isNumber && isOtherNumber) return compareNumbers(a, b)
  if (isNumber !== isOtherNumber) return isNumber ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Of `1.2` and `1.2.0` neither is newer; `1.2rc1` and `1.2~1` are older than `1.2`, `1.2-1` and `1.2p1` newer. */
function restOrder(a: string | undefined, b: string | undefined): number {
  const rest = a ?? b ?? ''
  const sign = a === undefined ? -1 : 1
  if (/^0+$/.test(rest)) return 0
  return /^(~|a|alpha|b|beta|c|rc|pre|preview|dev)/i.test(rest) && !/^(build|post)/i.test(rest) ? -sign : sign
}

function compareNumbers(a: string, b: string): number {
  const [left, right] = [BigInt(a), BigInt(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

const require = createRequire(import.meta.url)

function compareSemver(a: string, b: string): number {
  const semver: typeof import('semver') = require('semver')
  const [left, right] = [semver.parse(a), semver.parse(b)]
  if (!left || !right) throw new BadArgument(`"${left ? b : a}" is not a semantic version.`)
  return semver.compareBuild(left, right)
}
