import { equal } from '#lang/equal.ts'
import { isList, isMap, kindOf } from '#lang/kind-of.ts'
import { member, missing } from '#lang/member.ts'
import { isTruthy } from '#lang/truthy.ts'
import { flagOf, integerOf, listOf, textOf } from './arguments.ts'
import { compareValues } from './compare-values.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'

const parts: readonly FunctionDefinition[] = [
  {
    name: 'first',
    signature: 'first(list)',
    summary: 'Gives the first item of a list or character of a text.',
    example: ['first([1, 2])', 1],
    keepsSecrets: true,
    call: ([list]) => itemAt(list, 0),
  },
  {
    name: 'last',
    signature: 'last(list)',
    summary: 'Gives the last item of a list or character of a text.',
    example: ['last([1, 2])', 2],
    keepsSecrets: true,
    call: ([list]) => itemAt(list, -1),
  },
  {
    name: 'slice',
    signature: 'slice(list, start, end?)',
    summary: 'Gives a part of a list; negative numbers count from its end.',
    example: ['slice([1, 2, 3], 1)', [2, 3]],
    keepsSecrets: true,
    call: ([list, start, end]) =>
      listOf(list).slice(integerOf(start), end === undefined ? undefined : integerOf(end)),
  },
  {
    name: 'select',
    signature: 'select(list, attribute, value?)',
    summary: 'Keeps the items whose attribute has the value; without one, those where it is true.',
    example: ["select([{'a': 1}, {'a': 2}], 'a', 2)", [{ a: 2 }]],
    keepsSecrets: true,
    call: (args) => listOf(args[0]).filter(attributeTest(args)),
  },
  {
    name: 'reject',
    signature: 'reject(list, attribute, value?)',
    summary: 'Drops the items that `select` would keep.',
    example: ["reject([{'a': 1}, {'a': 2}], 'a', 2)", [{ a: 1 }]],
    keepsSecrets: true,
    call: (args) => {
      const test = attributeTest(args)
      return listOf(args[0]).filter((item) => !test(item))
    },
  },
  {
    name: 'map_attr',
    signature: 'map_attr(list, attribute, fallback?)',
    summary: 'Gives one attribute of each item.',
    example: ["map_attr([{'a': 1}, {'a': 2}], 'a')", [1, 2]],
    keepsSecrets: true,
    call: ([list, attribute, ...fallback]) =>
      listOf(list).map((item) => {
        const value = attributeOf(item, textOf(attribute))
        if (value !== missing) return value
        if (fallback.length > 0) return fallback[0]
        throw new BadArgument(`An item has no attribute "${textOf(attribute)}".`)
      }),
  },
]

const orders: readonly FunctionDefinition[] = [
  {
    name: 'sort',
    signature: 'sort(list, attribute?, reverse?)',
    summary: 'Sorts numbers or texts, or items by an attribute.',
    example: ['sort([3, 1, 2])', [1, 2, 3]],
    keepsSecrets: true,
    call: ([list, attribute, reverse]) => sorted(listOf(list), attribute, flagOf(reverse)),
  },
  {
    name: 'reverse',
    signature: 'reverse(list)',
    summary: 'Gives a list, or the characters of a text, in reverse order.',
    example: ['reverse([1, 2])', [2, 1]],
    call: ([list]) =>
      kindOf(list) === 'text' ? [...textOf(list)].reverse().join('') : [...listOf(list)].reverse(),
  },
  {
    name: 'flatten',
    signature: 'flatten(list, levels?)',
    summary: 'Puts the items of inner lists into the outer one, all the way down or so many levels.',
    example: ['flatten([1, [2, [3]]])', [1, 2, 3]],
    keepsSecrets: true,
    call: ([list, levels]) =>
      listOf(list).flat(levels === undefined ? Number.POSITIVE_INFINITY : integerOf(levels)),
  },
  {
    name: 'range',
    signature: 'range(start, end?, step?)',
    summary: 'Counts from start (0 when only one number is given) to the number before end.',
    example: ['range(3)', [0, 1, 2]],
    call: ([start, end, step]) =>
      end === undefined ? counted(0, integerOf(start), 1) : counted(integerOf(start), integerOf(end), step),
  },
]

const sets: readonly FunctionDefinition[] = [
  {
    name: 'unique',
    signature: 'unique(list, attribute?)',
    summary: 'Keeps the first of equal items, or of items with an equal attribute.',
    example: ['unique([1, 2, 1])', [1, 2]],
    keepsSecrets: true,
    call: ([list, attribute]) => unique(listOf(list), attribute),
  },
  {
    name: 'union',
    signature: 'union(list, other)',
    summary: 'Gives the items that are in either list, each once.',
    example: ['union([1, 2], [2, 3])', [1, 2, 3]],
    keepsSecrets: true,
    call: ([list, other]) => unique([...listOf(list), ...listOf(other)]),
  },
  {
    name: 'intersect',
    signature: 'intersect(list, other)',
    summary: 'Gives the items that are in both lists, each once.',
    example: ['intersect([1, 2], [2, 3])', [2]],
    keepsSecrets: true,
    call: ([list, other]) => unique(listOf(list)).filter((item) => has(listOf(other), item)),
  },
  {
    name: 'difference',
    signature: 'difference(list, other)',
    summary: 'Gives the items of the first list that are not in the other, each once.',
    example: ['difference([1, 2], [2, 3])', [1]],
    keepsSecrets: true,
    call: ([list, other]) => unique(listOf(list)).filter((item) => !has(listOf(other), item)),
  },
]

export const listFunctions = [...parts, ...orders, ...sets]

function itemAt(list: unknown, index: number): unknown {
  const items = kindOf(list) === 'text' ? [...textOf(list)] : listOf(list)
  const item = items.at(index)
  if (item === undefined) throw new BadArgument('The list is empty.')
  return item
}

/** `a.b` reaches into inner mappings. */
function attributeOf(item: unknown, path: string): unknown {
  if (isMap(item) && Object.hasOwn(item, path)) return item[path]
  return path
    .split('.')
    .reduce((value: unknown, step) => (value === missing ? missing : member(value, step)), item)
}

function attributeTest([, attribute, ...wanted]: readonly unknown[]): (item: unknown) => boolean {
  const path = textOf(attribute)
  if (wanted.length > 0) return (item) => equal(attributeOf(item, path), wanted[0])
  return (item) => {
    const value = attributeOf(item, path)
    return value !== missing && isTruthy(value)
  }
}

function sorted(list: readonly unknown[], attribute: unknown, reverse: boolean): readonly unknown[] {
  const key = attribute === undefined || attribute === null ? undefined : textOf(attribute)
  const keyOf = (item: unknown) => (key === undefined ? item : attributeOf(item, key))
  const result = list.toSorted((a, b) => compareValues(keyOf(a), keyOf(b)))
  return reverse ? result.reverse() : result
}

function counted(start: number, end: number, step: unknown): number[] {
  const by = step === undefined ? 1 : integerOf(step)
  if (by === 0) throw new BadArgument('The step is 0.')
  const count = Math.max(0, Math.ceil((end - start) / by))
  if (count > 1_000_000) throw new BadArgument(`${count} numbers are too many; 1,000,000 is the limit.`)
  return Array.from({ length: count }, (_, i) => start + i * by)
}

function has(list: readonly unknown[], item: unknown): boolean {
  return list.some((one) => equal(one, item))
}

function unique(list: readonly unknown[], attribute?: unknown): readonly unknown[] {
  const path = attribute === undefined ? undefined : textOf(attribute)
  const keyOf = (item: unknown) => (path === undefined ? item : attributeOf(item, path))
  // Plain values by hash; only lists and mappings need to be compared one by one.
  const seen = new Set<unknown>()
  const structures: unknown[] = []
  return list.filter((item) => {
    const key = keyOf(item)
    const isStructure = isList(key) || (typeof key === 'object' && key !== null)
    if (isStructure ? has(structures, key) : seen.has(key)) return false
    if (isStructure) structures.push(key)
    else seen.add(key)
    return true
  })
}
