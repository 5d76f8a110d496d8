import { binary, call, not, type Phrase, text, Untranslatable } from './phrase.ts'

/** `x is name(args)`. */
export function translateTest(name: string, of: Phrase, [argument, second]: readonly Phrase[]): Phrase {
  const simple = simpleTests[name]
  if (simple) return simple(of)
  const compare = comparisons[name]
  if (compare && argument) return binary(of, compare, argument)
  const make = testsWithArgument[name]
  if (make && argument) return make(of, argument, second)
  throw new Untranslatable()
}

type WithArgument = (of: Phrase, argument: Phrase, second: Phrase | undefined) => Phrase

const matches: WithArgument = (of, pattern) => call('matches', of, pattern)
const version: WithArgument = (of, other, operator) => call('version', of, operator ?? text('=='), other)

const testsWithArgument: Readonly<Record<string, WithArgument>> = {
  match: (of, pattern) => call('matches', of, anchored(pattern)),
  search: matches,
  regex: matches,
  in: (of, container) => binary(of, 'in', container),
  contains: (of, item) => binary(item, 'in', of),
  divisibleby: (of, number) => binary(binary(of, '%', number), '==', { kind: 'literal', value: 0 }),
  version,
  version_compare: version,
}

const asks = (name: string) => (of: Phrase) => call(name, of)
const isOfType = (type: string) => (of: Phrase) => binary(call('type', of), '==', text(type))
const equals = (value: boolean | null) => (of: Phrase) => binary(of, '==', { kind: 'literal', value })
const remainder = (value: number) => (of: Phrase) =>
  binary(binary(of, '%', { kind: 'literal', value: 2 }), '==', { kind: 'literal', value })

const simpleTests: Readonly<Record<string, (of: Phrase) => Phrase>> = {
  defined: asks('defined'),
  undefined: (of) => not(call('defined', of)),
  none: equals(null),
  true: equals(true),
  false: equals(false),
  changed: asks('changed'),
  change: asks('changed'),
  failed: asks('failed'),
  failure: asks('failed'),
  succeeded: asks('succeeded'),
  success: asks('succeeded'),
  skipped: asks('skipped'),
  skip: asks('skipped'),
  unreachable: asks('unreachable'),
  reachable: (of) => not(call('unreachable', of)),
  string: isOfType('string'),
  number: isOfType('number'),
  integer: isOfType('number'),
  float: isOfType('number'),
  boolean: isOfType('bool'),
  mapping: isOfType('map'),
  sequence: isOfType('list'),
  even: remainder(0),
  odd: remainder(1),
}

const comparisons: Readonly<Record<string, string>> = {
  eq: '==',
  equalto: '==',
  sameas: '==',
  ne: '!=',
  lt: '<',
  lessthan: '<',
  le: '<=',
  gt: '>',
  greaterthan: '>',
  ge: '>=',
}

/** Jinja's `match` looks at the beginning only. */
function anchored(pattern: Phrase): Phrase {
  if (pattern.kind !== 'literal' || typeof pattern.value !== 'string') {
    return binary(text('^'), '+', pattern)
  }
  if (/^(?:\^|\\A)/.test(pattern.value)) return pattern
  return text(pattern.value.includes('|') ? `^(?:${pattern.value})` : `^${pattern.value}`)
}
