import { isAlias, isMap, isScalar, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { MapNode, Node, ScalarNode, ScalarTag } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import { AnchorTable } from './anchor-table.ts'
import { resolvePlain } from './core-schema.ts'
import type { LineIndex } from './line-index.ts'
import { MapBuilder } from './map-builder.ts'
import type { ParsedYaml } from './parsed-yaml.ts'
import { scalarOffsets } from './scalar-offsets.ts'
import { unquoted } from './yaml-error.ts'
import { yamlLimits } from './yaml-limits.ts'
import { knownTags, resolveTag, type YamlTag, yamlTag } from './yaml-tag.ts'

interface Place {
  readonly depth: number
  /** Below an `!unsafe` collection. */
  readonly unsafe: boolean
}

const outermost: Place = { depth: 1, unsafe: false }

/** Turns the library's tree into ours: tags, aliases, merge keys and limits. Used once. */
export class TreeBuilder {
  readonly #text: string
  readonly #lines: LineIndex
  readonly #anchors: AnchorTable<ParsedNode>
  readonly #diagnostics: Diagnostic[] = []
  #vaulted = false
  #tooDeep = false

  constructor(text: string, lines: LineIndex) {
    this.#text = text
    this.#lines = lines
    this.#anchors = new AnchorTable(yamlLimits.aliases, (diagnostic) => this.#diagnostics.push(diagnostic))
  }

  build(contents: ParsedNode | null): ParsedYaml {
    const empty = isScalar(contents) && contents.source === '' && contents.type === 'PLAIN' && !contents.tag
    const root = empty || !contents ? undefined : this.#node(contents, outermost)
    return { root, diagnostics: this.#diagnostics, vaulted: this.#vaulted }
  }

  #node(source: ParsedNode, place: Place): Node {
    if (isAlias(source)) return this.#alias(source.source, this.#range(source), place)
    if (source.anchor === undefined) return this.#valueOf(source, place)
    return this.#anchors.define(source.anchor, source, () => this.#valueOf(source, place))
  }

  #alias(name: string, range: SourceRange, place: Place): Node {
    const node = this.#anchors.expand(name, range, (target) => this.#valueOf(target, place))
    return node ?? this.#nothing(range.start.offset)
  }

  #valueOf(source: ParsedNode, place: Place): Node {
    const range = this.#range(source)
    const tag = this.#tag(source.tag, range)
    if (isScalar(source)) return this.#scalar(source, range, place.unsafe ? 'unsafe' : tag)
    if (place.depth > yamlLimits.depth) return this.#deeper(range)
    const inside = { depth: place.depth + 1, unsafe: place.unsafe || tag === 'unsafe' }
    if (tag !== undefined && !collectionTags.has(tag)) this.#misplacedTag(tag, range)
    if (isMap(source)) return this.#template(source, range) ?? this.#map(source, range, inside)
    return this.#list(source, range, inside)
  }

  #scalar(source: Scalar.Parsed, range: SourceRange, tag: YamlTag | undefined): ScalarNode {
    const style = scalarStyles[source.type ?? 'PLAIN']
    const quote = style === 'single' || style === 'double' ? 1 : 0
    const raw = this.#text.slice(range.start.offset + quote, range.end.offset - quote)
    const value = this.#resolve(source.source, { tag, plain: style === 'plain', range })
    const node = { kind: 'scalar', value, raw, style, range, ...kept(tag) } as const
    if (tag === 'vault') this.#vaulted = true
    if (typeof value !== 'string' || value === raw || tag === 'vault') return node
    return withOffsets(node, value, range.start.offset + quote)
  }

  #resolve(
    text: string,
    how: { tag: YamlTag | undefined; plain: boolean; range: SourceRange },
  ): ScalarNode['value'] {
    if (how.tag === undefined) return how.plain ? resolvePlain(text) : text
    const value = resolveTag(text, how.tag)
    if (value !== undefined) return value
    this.#report(
      `"${text}" does not fit its tag !!${how.tag}.`,
      how.range,
      'Change the text or remove the tag.',
    )
    return text
  }

  /** `{{ x }}` without quotes: a mapping whose key is a mapping. It goes on as the text that was meant. */
  #template(source: YAMLMap.Parsed, range: SourceRange): ScalarNode | undefined {
    const [item] = source.items
    const raw = this.#text.slice(range.start.offset, range.end.offset)
    if (source.items.length !== 1 || !isMap(item?.key) || !/^\{\{[\s\S]*\}\}$/.test(raw)) return undefined
    this.#diagnostics.push({ severity: 'error', range, ...unquoted })
    return { kind: 'scalar', value: raw, raw, style: 'plain', range }
  }

  #list(
    source: YAMLSeq.Parsed | Exclude<ParsedNode, YAMLSeq.Parsed>,
    range: SourceRange,
    place: Place,
  ): Node {
    const items = 'items' in source && !isMap(source) ? source.items : []
    return { kind: 'list', items: items.map((item) => this.#node(item, place)), range }
  }

  #map(source: YAMLMap.Parsed, range: SourceRange, place: Place): MapNode {
    const builder = new MapBuilder((diagnostic) => this.#diagnostics.push(diagnostic))
    for (const { key, value } of source.items) {
      const keyRange = this.#range(key)
      const node = value ? this.#node(value, place) : this.#nothing(keyRange.end.offset)
      if (isMergeKey(key)) {
        builder.merge(node, keyRange)
        continue
      }
      const text = this.#keyText(key, keyRange)
      if (text !== undefined) builder.add({ key: text, keyRange, value: node })
    }
    return { kind: 'map', entries: builder.entries(), range }
  }

  #keyText(key: ParsedNode, range: SourceRange): string | undefined {
    const node = isScalar(key) || isAlias(key) ? this.#node(key, outermost) : undefined
    if (node?.kind === 'scalar') return keyText(node)
    this.#report(
      'A key must be text, not a list or a mapping.',
      range,
      'Write the key as plain or quoted text.',
    )
    return undefined
  }

  #tag(written: string | undefined, range: SourceRange): YamlTag | undefined {
    if (written === undefined) return undefined
    const tag = yamlTag(written)
    if (tag === undefined)
      this.#report(
        `The tag "${written.replace('tag:yaml.org,2002:', '!!')}" is unknown.`,
        range,
        `Known tags: ${knownTags}.`,
      )
    return tag
  }

  #misplacedTag(tag: YamlTag, range: SourceRange): void {
    this.#report(`The tag "!${tag}" is for text, not for a list or a mapping.`, range, 'Remove the tag.')
  }

  #deeper(range: SourceRange): Node {
    const message = `The file nests deeper than ${yamlLimits.depth} levels here.`
    const diagnostic = { code: 'yaml-limit', severity: 'error', message, range } as const
    if (!this.#tooDeep) this.#diagnostics.push({ ...diagnostic, remedy: 'Flatten the structure.' })
    this.#tooDeep = true
    return this.#nothing(range.start.offset)
  }

  #nothing(offset: number): ScalarNode {
    return { kind: 'scalar', value: null, raw: '', style: 'plain', range: this.#lines.range(offset, offset) }
  }

  #range(source: ParsedNode): SourceRange {
    return this.#lines.range(source.range[0], source.range[1])
  }

  #report(message: string, range: SourceRange, remedy: string): void {
    this.#diagnostics.push({ code: 'yaml-syntax', severity: 'error', message, range, remedy })
  }
}

const scalarStyles = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
} as const

const collectionTags: ReadonlySet<YamlTag> = new Set(['unsafe', 'map', 'seq'])

function kept(tag: YamlTag | undefined): { tag?: ScalarTag } {
  return tag === 'expr' || tag === 'vault' || tag === 'unsafe' ? { tag } : {}
}

function isMergeKey(key: ParsedNode): boolean {
  return isScalar(key) && key.source === '<<' && key.type === 'PLAIN' && key.tag === undefined
}

/** Keys are text: a number as it was written, words and nothing by their value. */
function keyText(node: ScalarNode): string {
  return typeof node.value === 'number' ? node.raw : String(node.value)
}

/** Offsets are needed only where a template or expression has an error, so they are found when asked for. */
function withOffsets(node: ScalarNode, value: string, start: number): ScalarNode {
  let offsets: readonly number[] | undefined
  return {
    ...node,
    get offsets() {
      offsets ??= scalarOffsets(value, node.raw, node.style).map((offset) => start + offset)
      return offsets
    },
  }
}
