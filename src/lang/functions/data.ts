import { plain, toJson } from '#lang/to-text.ts'
import { yamlCodec } from '#lang/yaml-codec.ts'
import { flagOf, integerOf, textOf } from './arguments.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'

/** Values as JSON or YAML text, and back. */
export const dataFunctions: readonly FunctionDefinition[] = [
  {
    name: 'to_json',
    signature: 'to_json(value)',
    summary: 'Writes a value as JSON on one line.',
    example: ["to_json({'a': [1]})", '{"a":[1]}'],
    call: ([value]) => toJson(value),
  },
  {
    name: 'to_nice_json',
    signature: 'to_nice_json(value, indent?, sort_keys?)',
    summary: 'Writes a value as JSON on several lines, indented by 4 spaces, keys sorted.',
    example: ["to_nice_json({'a': 1}, 2)", '{\n  "a": 1\n}'],
    call: ([value, indent, sortKeys]) =>
      toJson(
        sortKeys === undefined || flagOf(sortKeys) ? sortedKeys(plain(value)) : value,
        indent === undefined ? 4 : integerOf(indent),
      ),
  },
  {
    name: 'from_json',
    signature: 'from_json(text)',
    summary: 'Reads JSON.',
    example: ['from_json(\'{"a": 1}\')', { a: 1 }],
    call: ([text]) => parsed(textOf(text)),
  },
  {
    name: 'to_yaml',
    signature: 'to_yaml(value)',
    summary: 'Writes a value as YAML.',
    example: ["to_yaml({'a': [1, 2]})", 'a:\n- 1\n- 2\n'],
    call: ([value]) => yamlCodec().stringify(plain(value), {}),
  },
  {
    name: 'to_nice_yaml',
    signature: 'to_nice_yaml(value, indent?, sort_keys?)',
    summary: 'Writes a value as YAML, indented by 4 spaces, keys sorted.',
    example: ["to_nice_yaml({'b': {'c': 1}, 'a': 1})", 'a: 1\nb:\n    c: 1\n'],
    call: ([value, indent, sortKeys]) =>
      yamlCodec().stringify(
        sortKeys === undefined || flagOf(sortKeys) ? sortedKeys(plain(value)) : plain(value),
        { indent: indent === undefined ? 4 : integerOf(indent) },
      ),
  },
  {
    name: 'from_yaml',
    signature: 'from_yaml(text)',
    summary: 'Reads YAML.',
    example: ["from_yaml('a: [1, 2]')", { a: [1, 2] }],
    call: ([text]) => yamlCodec().parse(textOf(text)),
  },
]

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may hold a secret.
    throw new BadArgument('The text is not JSON.')
  }
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sortedKeys(item)]))
}
