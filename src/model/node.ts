import type { SourceRange } from './source.ts'

/**
 * YAML after parsing, before anything gives it a meaning: every value knows where it was written.
 * Anchors and aliases are already expanded, merge keys (`<<`) already merged.
 */
export type Node = ScalarNode | ListNode | MapNode

/**
 * `expr`: the text is CEL. `unsafe`: the text is data, never a template. `vault`: the text was encrypted; `value`
 * holds it decrypted (`raw` as written), and whatever it renders to is a `Secret`.
 */
export type ScalarTag = 'expr' | 'vault' | 'unsafe'

export interface ScalarNode {
  readonly kind: 'scalar'
  /**
   * Resolved by the YAML 1.2 core schema, except that plain digits with a leading zero stay text, and so do
   * integers that a number cannot hold exactly.
   */
  readonly value: string | number | boolean | null
  /**
   * The text between the quotes, or the plain text, as written; of a block everything from its `|` or `>`.
   * It starts at `range.start`, behind the quote if there is one.
   */
  readonly raw: string
  readonly style: 'plain' | 'single' | 'double' | 'block'
  readonly tag?: ScalarTag
  readonly range: SourceRange
  /** Offset in the file of each character of `value`, when it is text that differs from `raw` (blocks, escapes). */
  readonly offsets?: readonly number[]
}

export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly range: SourceRange
}

export interface MapEntry {
  readonly key: string
  readonly keyRange: SourceRange
  readonly value: Node
}

export interface MapNode {
  readonly kind: 'map'
  readonly entries: readonly MapEntry[]
  readonly range: SourceRange
}
