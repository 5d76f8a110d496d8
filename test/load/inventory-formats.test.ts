import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readIniInventory } from '#load/ini-inventory.ts'
import { InventoryBuilder } from '#load/inventory-builder.ts'
import { yamlCodec } from '#load/yaml-codec.ts'
import { readYamlInventory } from '#load/yaml-inventory.ts'
import { parseYaml } from '#load/yaml-source.ts'
import { plainNode } from '../support/plain-node.ts'

interface Group {
  readonly hosts: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly vars: Readonly<Record<string, unknown>>
  readonly children: readonly string[]
}

const name = fc.stringMatching(/^[a-z\u00e4\u00f6\u4e00][a-z0-9_.-]{0,5}[a-z0-9]$/)
const variable = fc.stringMatching(/^[a-z_][a-z0-9_]{0,6}$/)
const value = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.stringMatching(/^[a-zA-Z\u00fc #'"\\/:=]{0,8}$/),
  fc.array(fc.oneof(fc.integer(), fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 3 }),
)
const vars = fc.dictionary(variable, value, { maxKeys: 3 })
const group = fc.record({
  hosts: fc.dictionary(name, vars, { maxKeys: 3 }),
  vars,
  children: fc.array(name, { maxLength: 2 }),
})
const inventory = fc.dictionary(name, group, { maxKeys: 4 }).map(closed)

/** Children are only groups that there are, and never higher ones: no circles. */
function closed(groups: Readonly<Record<string, Group>>): Readonly<Record<string, Group>> {
  const order = Object.keys(groups)
  return Object.fromEntries(
    Object.entries(groups).map(([key, each], i) => [
      key,
      { ...each, children: order.slice(i + 1, i + 1 + each.children.length) },
    ]),
  )
}

test('one inventory means the same as INI and as YAML', () => {
  fc.assert(
    fc.property(inventory, fc.constantFrom('\n', '\r\n'), (groups, lineEnd) => {
      expect(fromIni(toIni(groups).replaceAll('\n', lineEnd))).toEqual(
        fromYaml(toYaml(groups).replaceAll('\n', lineEnd)),
      )
    }),
  )
})

test('no text makes the INI reader throw', () => {
  const piece = fc.constantFrom(
    '[',
    ']',
    ':',
    'a',
    '=',
    ' ',
    '\n',
    '"',
    "'",
    '#',
    ';',
    'vars',
    'children',
    '{',
    '}',
    '1',
    '\\',
    '\r',
  )
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void fromIni(pieces.join(''), false)))
})

function toIni(groups: Readonly<Record<string, Group>>): string {
  const lines: string[] = []
  for (const [key, each] of Object.entries(groups)) {
    lines.push(`[${key}]`)
    for (const [host, own] of Object.entries(each.hosts)) {
      lines.push([host, ...Object.entries(own).map(([k, v]) => `${k}=${shellQuoted(python(v))}`)].join(' '))
    }
    lines.push(`[${key}:vars]`, ...Object.entries(each.vars).map(([k, v]) => `${k} = ${python(v)}`))
    lines.push(`[${key}:children]`, ...each.children)
  }
  return `${lines.join('\n')}\n`
}

function toYaml(groups: Readonly<Record<string, Group>>): string {
  const tree = Object.entries(groups).map(([key, each]) => [
    key,
    { ...each, children: Object.fromEntries(each.children.map((child) => [child, null])) },
  ])
  return yamlCodec.stringify(Object.fromEntries(tree))
}

function python(each: unknown): string {
  if (each === null) return 'None'
  if (typeof each === 'boolean') return each ? 'True' : 'False'
  if (Array.isArray(each)) return `[${each.map(python).join(', ')}]`
  if (typeof each === 'number') return String(each)
  const text = String(each).replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `'${text}'`
}

const shellQuoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`

function fromIni(text: string, strict = true): unknown {
  const { builder, done } = collecting(strict)
  readIniInventory(builder, 'f', text)
  return done()
}

function fromYaml(text: string): unknown {
  const { builder, done } = collecting(true)
  const { root, diagnostics } = parseYaml(text, 'f')
  expect(diagnostics).toEqual([])
  if (root?.kind === 'map' && root.entries.length > 0) readYamlInventory(builder, 'f', root)
  return done()
}

function collecting(strict: boolean) {
  const builder = new InventoryBuilder((diagnostic) => {
    if (strict) throw new Error(diagnostic.message)
  })
  const entries = (
    contributions: readonly {
      entries: readonly { name: string; value: Parameters<typeof plainNode>[0] }[]
    }[],
  ) => contributions.flatMap((each) => each.entries.map((entry) => [entry.name, plainNode(entry.value)]))
  const done = () => ({
    hosts: [...builder.hosts.values()]
      .map((host) => [host.name, [...host.groups].sort(), Object.fromEntries(entries(host.contributions))])
      .sort(),
    groups: [...builder.groups.values()]
      .map((each) => [
        each.name,
        [...each.children.keys()],
        [...each.hosts],
        Object.fromEntries(entries(each.contributions)),
      ])
      .sort(),
  })
  return { builder, done }
}
