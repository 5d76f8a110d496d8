import { equal } from '#lang/equal.ts'
import { isList, isMap, kindOf } from '#lang/kind-of.ts'
import { flagOf, listOf, mapOf, textOf } from './arguments.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'

type Mapping = Readonly<Record<string, unknown>>

export const mapFunctions: readonly FunctionDefinition[] = [
  {
    name: 'keys',
    signature: 'keys(map)',
    summary: 'Gives the keys of a mapping.',
    example: ["keys({'a': 1})", ['a']],
    keepsSecrets: true,
    call: ([map]) => Object.keys(mapOf(map)),
  },
  {
    name: 'values',
    signature: 'values(map)',
    summary: 'Gives the values of a mapping.',
    example: ["values({'a': 1})", [1]],
    keepsSecrets: true,
    call: ([map]) => Object.values(mapOf(map)),
  },
  {
    name: 'items',
    signature: 'items(map, key_name?, value_name?)',
    summary: 'Gives a mapping as a list of `{key, value}`.',
    example: ["items({'a': 1})", [{ key: 'a', value: 1 }]],
    keepsSecrets: true,
    call: ([map, keyName, valueName]) =>
      Object.entries(mapOf(map)).map(([key, value]) => ({
        [nameOr(keyName, 'key')]: key,
        [nameOr(valueName, 'value')]: value,
      })),
  },
  {
    name: 'dict',
    signature: 'dict(list?, key_name?, value_name?)',
    summary: 'Makes a mapping of a list of `[key, value]` or `{key, value}`.',
    example: ["dict([['a', 1], ['b', 2]])", { a: 1, b: 2 }],
    keepsSecrets: true,
    call: ([list, keyName, valueName]) => made(list, nameOr(keyName, 'key'), nameOr(valueName, 'value')),
  },
  {
    name: 'combine',
    signature: 'combine(map, other…, recursive?)',
    summary: 'Merges mappings, later ones winning; with `recursive` true, inner mappings are merged too.',
    example: ["combine({'a': {'x': 1}}, {'a': {'y': 2}}, true)", { a: { x: 1, y: 2 } }],
    keepsSecrets: true,
    call: (args) => combined(args),
  },
]

function nameOr(name: unknown, otherwise: string): string {
  return name === undefined ? otherwise : textOf(name)
}

function made(list: unknown, keyName: string, valueName: string): Mapping {
  if (list === undefined) return {}
  if (isMap(list)) return list
  return Object.fromEntries(listOf(list).map((pair) => pairOf(pair, keyName, valueName)))
}

function pairOf(pair: unknown, keyName: string, valueName: string): readonly [string, unknown] {
  if (isList(pair) && pair.length === 2) return [textOf(pair[0]), pair[1]]
  if (isMap(pair) && Object.hasOwn(pair, keyName) && Object.hasOwn(pair, valueName)) {
    return [textOf(pair[keyName]), pair[valueName]]
  }
  throw new BadArgument(`Each item must be a pair or a mapping with "${keyName}" and "${valueName}".`)
}

/** Lists of mappings are merged as one after the other, as Ansible's `combine` does. */
function combined(args: readonly unknown[]): Mapping {
  const switches = args.filter((arg) => typeof arg === 'boolean')
  const maps = args.filter((arg) => typeof arg !== 'boolean').flatMap((arg) => (isList(arg) ? arg : [arg]))
  const recursive = flagOf(switches[0])
  return maps.reduce<Mapping>((result, map) => merged(result, mapOf(map), recursive), {})
}

function merged(left: Mapping, right: Mapping, recursive: boolean): Mapping {
  if (!recursive) return Object.fromEntries([...Object.entries(left), ...Object.entries(right)])
  const entries = new Map(Object.entries(left))
  for (const [key, value] of Object.entries(right)) {
    const old = entries.get(key)
    const both = kindOf(old) === 'a mapping' && kindOf(value) === 'a mapping' && !equal(old, value)
    entries.set(key, both ? merged(mapOf(old), mapOf(value), true) : value)
  }
  return Object.fromEntries(entries)
}
