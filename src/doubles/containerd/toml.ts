import { type Fields, isFields } from '../json.ts'

/** Where a text is no TOML, counted from 1. */
export class TomlProblem extends Error {
  constructor(line: number, column: number, why: string) {
    super(`(${line}, ${column}): ${why}`)
    this.name = 'TomlProblem'
  }
}

/**
 * Reads what configurations of containerd are made of (https://toml.io/en/v1.0.0): tables, and keys with texts, numbers, booleans
 * and lists of those. Throws `TomlProblem` with the words of pelletier/go-toml.
 */
export function readToml(text: string): Fields {
  const whole: Fields = {}
  let place = whole
  const lines = joinedLists(text)
  for (const { line, number } of lines) {
    const trimmed = line.trim()
    if (trimmed.startsWith('[')) place = tableAt(whole, keysOf(tableName(line, number), number))
    else if (trimmed !== '') takeValue(place, line, number)
  }
  return whole
}

interface Line {
  readonly line: string
  readonly number: number
}

/** A list may go over several lines. Comments are left out. */
function joinedLists(text: string): readonly Line[] {
  const lines: { line: string; number: number }[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/^((?:[^"'#]|"(?:\\.|[^"\\])*"|'[^']*')*)#.*$/, '$1')
    const last = lines.at(-1)
    if (last && isOpenList(last.line)) last.line = `${last.line} ${line.trim()}`
    else lines.push({ line, number: index + 1 })
  }
  return lines
}

const isOpenList = (line: string): boolean => /=\s*\[/.test(line) && !/\]\s*$/.test(line)

function tableName(line: string, number: number): string {
  const [, name] = /^\s*\[([^[\]]+)\]\s*$/.exec(line) ?? []
  if (name === undefined)
    throw new TomlProblem(
      number,
      line.indexOf('[') + 2,
      'unexpected token unclosed table key, was expecting a table key',
    )
  return name
}

function keysOf(name: string, number: number): readonly string[] {
  const found = [...name.matchAll(/\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:\.|$)/gy)]
  if (found.map(([whole]) => whole).join('') !== name) throw new TomlProblem(number, 1, `invalid key ${name}`)
  return found.map(([, double, single, bare]) => double ?? single ?? bare ?? '')
}

function tableAt(whole: Fields, keys: readonly string[]): Fields {
  let place = whole
  for (const key of keys) {
    const next = place[key]
    const table = isFields(next) ? next : {}
    place[key] = table
    place = table
  }
  return place
}

function takeValue(place: Fields, line: string, number: number): void {
  const at = line.indexOf('=')
  if (at < 0) throw new TomlProblem(number, 1, 'parsing error: keys cannot contain new lines')
  const keys = keysOf(line.slice(0, at).trim(), number)
  const value = line.slice(at + 1).trim()
  if (value === '') throw new TomlProblem(number + 1, 1, 'expecting a value')
  const last = keys.at(-1) ?? ''
  tableAt(place, keys.slice(0, -1))[last] = readValue(value, number)
}

function readValue(text: string, number: number): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (/^"(?:\\.|[^"\\])*"$/.test(text)) return JSON.parse(text)
  if (/^'[^']*'$/.test(text)) return text.slice(1, -1)
  const [, items] = /^\[(.*)\]$/.exec(text) ?? []
  if (items === undefined) throw new TomlProblem(number, 1, `no value can start with ${text[0] ?? ''}`)
  const all = items.matchAll(/"(?:\\.|[^"\\])*"|'[^']*'|[^,\s]+/g)
  return [...all].map(([item]) => readValue(item, number))
}

/** As containerd prints it: values before tables, both by their names, each table indented by its depth. */
export function writeToml(value: Fields, path: readonly string[] = []): string {
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const indent = '  '.repeat(path.length)
  const values = entries.filter(([, member]) => !isFields(member))
  const tables = entries.flatMap(([name, member]) => (isFields(member) ? [[name, member] as const] : []))
  const lines = values.map(([name, member]) => `${indent}${name} = ${literal(member)}\n`)
  const below = tables.map(([name, member]) => {
    const place = [...path, /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)]
    return `\n${indent}[${place.join('.')}]\n${writeToml(member, place)}`
  })
  return [...lines, ...below].join('')
}

const literal = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(literal).join(', ')}]` : JSON.stringify(value)
