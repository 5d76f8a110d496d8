import { isIPv6 } from 'node:net'
import { nearest } from '#base/did-you-mean.ts'
import type { SourceRange } from '#model/source.ts'
import type { GroupDraft, InventoryBuilder, VariableEntry } from './inventory-builder.ts'
import { addHosts } from './inventory-hosts.ts'
import { LineIndex } from './line-index.ts'
import { pythonLiteral } from './python-literal.ts'
import { type ShellWord, shellWords } from './shell-words.ts'

/** Reads Ansible's INI inventory: `[group]`, `[group:vars]`, `[group:children]`, hosts with `name=value` beside them. */
export function readIniInventory(builder: InventoryBuilder, origin: string, text: string): void {
  const inventory = new IniInventory(builder, origin, text)
  inventory.read(text)
}

type Section = 'hosts' | 'vars' | 'children'

interface Line {
  readonly text: string
  /** Offset in the file of its first character. */
  readonly offset: number
}

class IniInventory {
  readonly #builder: InventoryBuilder
  readonly #origin: string
  readonly #lines: LineIndex
  /** Groups of earlier sources, and those with a section of hosts or children here: those exist. */
  readonly #declared: Set<string>
  /** Groups that a `:vars` section or a list of children names, and where. */
  readonly #named: { name: string; range: SourceRange }[] = []
  #group: GroupDraft
  #section: Section = 'hosts'

  constructor(builder: InventoryBuilder, origin: string, text: string) {
    this.#builder = builder
    this.#origin = origin
    this.#lines = new LineIndex(origin, text)
    this.#declared = new Set(builder.groups.keys())
    // Lines before the first section are hosts in no group.
    this.#group = builder.group('ungrouped', undefined)
  }

  read(text: string): void {
    for (const match of text.matchAll(/[^\r\n]+/g)) {
      const trimmed = match[0].trim()
      if (trimmed === '' || /^[;#]/.test(trimmed)) continue
      this.#line({ text: trimmed, offset: match.index + match[0].indexOf(trimmed) })
    }
    for (const { name, range } of this.#named) {
      if (this.#declared.has(name)) continue
      const near = nearest(name, this.#declared)
      const remedy = near ? `Did you mean "${near}"?` : `Add a section "[${name}]".`
      this.#report(`There is no group "${name}" in this file.`, range, remedy)
    }
  }

  #line(line: Line): void {
    const header = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line.text)
    if (header?.[1]) this.#header(header[1], header[2], this.#range(line))
    else if (isBracketed(line.text)) this.#badHeader(line)
    else if (this.#section === 'hosts') this.#hosts(line)
    else if (this.#section === 'vars') this.#variable(line)
    else this.#child(line)
  }

  #header(name: string, kind: string | undefined, range: SourceRange): void {
    const section = kind ?? 'hosts'
    if (section !== 'hosts' && section !== 'vars' && section !== 'children') {
      this.#report(
        `"${section}" is not a kind of section.`,
        range,
        'Write [group], [group:vars] or [group:children].',
      )
      return
    }
    if (section === 'vars') this.#named.push({ name, range })
    else this.#declared.add(name)
    this.#group = this.#builder.group(name, range)
    this.#section = section
  }

  #badHeader(line: Line): void {
    this.#report(
      `"${line.text}" is not a section.`,
      this.#range(line),
      'Write [group], [group:vars] or [group:children], without spaces.',
    )
  }

  #hosts(line: Line): void {
    const words = shellWords(line.text)
    if (!words) {
      this.#report('A quote is opened and not closed.', this.#range(line), 'Close the quote.')
      return
    }
    const [host, ...assignments] = words
    if (!host) return
    const entries = assignments.flatMap((word) => this.#assignment(line, word) ?? [])
    const range = this.#part(line, host.start, host.end)
    addHosts(this.#builder, this.#group, { text: host.text, range, origin: this.#origin, entries })
  }

  #assignment(line: Line, word: ShellWord): VariableEntry | undefined {
    const equals = word.text.indexOf('=')
    if (equals < 0) {
      const range = this.#part(line, word.start, word.end)
      this.#report(
        `"${word.text}" is not "name=value".`,
        range,
        'Put values with spaces in quotes: name="a b".',
      )
      return undefined
    }
    const at = [...word.at, word.end].map((offset) => line.offset + offset)
    return this.#entry({ text: word.text, at }, equals)
  }

  #variable(line: Line): void {
    const equals = line.text.indexOf('=')
    if (equals < 0) {
      this.#report(
        `"${line.text}" is not "name = value".`,
        this.#range(line),
        'Write one variable on each line.',
      )
      return
    }
    const at = Array.from({ length: line.text.length + 1 }, (_, i) => line.offset + i)
    const entries = [this.#entry({ text: line.text, at }, equals)]
    this.#group.contributions.push({ origin: this.#origin, entries })
  }

  #entry(word: { text: string; at: readonly number[] }, equals: number): VariableEntry {
    const name = word.text.slice(0, equals).trim()
    const written = word.text.slice(equals + 1)
    const value = written.trim()
    const start = equals + 1 + written.indexOf(value)
    const range = (from: number, to: number) => this.#lines.range(from, to)
    const at = word.at.slice(start, start + value.length + 1)
    const first = word.at[0] ?? 0
    return {
      name,
      nameRange: range(first, first + name.length),
      value: pythonLiteral({ text: value, at, range }),
    }
  }

  #child(line: Line): void {
    const name = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.text)?.[1]
    if (name === undefined) {
      this.#report(
        `"${line.text}" is not the name of a group.`,
        this.#range(line),
        'Write one group on each line.',
      )
      return
    }
    const range = this.#part(line, 0, name.length)
    this.#named.push({ name, range })
    this.#builder.child(this.#group, this.#builder.group(name, range), range)
  }

  #range(line: Line): SourceRange {
    return this.#part(line, 0, line.text.length)
  }

  #part(line: Line, start: number, end: number): SourceRange {
    return this.#lines.range(line.offset + start, line.offset + end)
  }

  #report(message: string, range: SourceRange, remedy: string): void {
    this.#builder.report({ code: 'bad-inventory', severity: 'error', message, range, remedy })
  }
}

function isBracketed(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') && !isIPv6(text.slice(1, -1))
}
