import type { Diagnostic } from '#model/diagnostic.ts'
import type { MapEntry, Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'

/**
 * Collects the entries of one mapping. A key of the mapping itself wins over a merged one, the earlier of two
 * merged mappings over the later. A key that stands twice is reported, and the first one kept.
 */
export class MapBuilder {
  readonly #report: (diagnostic: Diagnostic) => void
  readonly #own = new Map<string, MapEntry>()
  readonly #merged = new Map<string, MapEntry>()

  constructor(report: (diagnostic: Diagnostic) => void) {
    this.#report = report
  }

  add(entry: MapEntry): void {
    const first = this.#own.get(entry.key)
    if (!first) {
      this.#own.set(entry.key, entry)
      return
    }
    this.#report({
      code: 'duplicate-key',
      severity: 'error',
      message: `The key "${entry.key}" stands here twice.`,
      remedy: 'Remove or rename one of them.',
      range: entry.keyRange,
      related: [{ message: 'It stands here first.', range: first.keyRange }],
    })
  }

  /** Takes what a merge key (`<<`) names: a mapping or a list of them. */
  merge(value: Node, keyRange: SourceRange): void {
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind !== 'map') {
        this.#report({
          code: 'wrong-shape',
          severity: 'error',
          message: 'A merge key (<<) needs a mapping or a list of mappings.',
          remedy: 'Name an anchor of a mapping: "<<: *defaults".',
          range: keyRange,
        })
        continue
      }
      for (const entry of source.entries) {
        if (!this.#merged.has(entry.key)) this.#merged.set(entry.key, entry)
      }
    }
  }

  entries(): readonly MapEntry[] {
    if (this.#merged.size === 0) return [...this.#own.values()]
    return [...new Map([...this.#merged, ...this.#own]).values()]
  }
}
