import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'

/**
 * The anchors of one file and how often they were expanded. A node that is expanded counts the aliases inside it
 * again, so that a few lines cannot stand for millions of nodes.
 */
export class AnchorTable<Source> {
  readonly #limit: number
  readonly #report: (diagnostic: Diagnostic) => void
  readonly #anchors = new Map<string, Source>()
  readonly #open = new Set<Source>()
  #expanded = 0

  constructor(limit: number, report: (diagnostic: Diagnostic) => void) {
    this.#limit = limit
    this.#report = report
  }

  /** Builds the node that carries an anchor and remembers it for the aliases behind it. */
  define(name: string, source: Source, build: () => Node): Node {
    // Inside an expansion the same anchors come by again; the file's last one is what later aliases mean.
    if (this.#open.size === 0 || !this.#anchors.has(name)) this.#anchors.set(name, source)
    return this.#guarded(source, build)
  }

  /** Builds what an alias stands for; undefined, with a diagnostic, when it stands for nothing or too much. */
  expand(name: string, range: SourceRange, build: (source: Source) => Node): Node | undefined {
    const source = this.#anchors.get(name)
    if (source === undefined) return this.#unknown(name, range)
    if (this.#open.has(source)) return this.#circular(name, range)
    this.#expanded++
    if (this.#expanded > this.#limit) return this.#tooMany(range)
    return this.#guarded(source, () => build(source))
  }

  #guarded(source: Source, build: () => Node): Node {
    this.#open.add(source)
    try {
      return build()
    } finally {
      this.#open.delete(source)
    }
  }

  #unknown(name: string, range: SourceRange): undefined {
    this.#report({
      code: 'yaml-syntax',
      severity: 'error',
      message: `No anchor "&${name}" stands before the alias "*${name}".`,
      remedy: `If "*${name}" is meant as text, put it in quotes.`,
      range,
    })
  }

  #circular(name: string, range: SourceRange): undefined {
    this.#report({
      code: 'yaml-syntax',
      severity: 'error',
      message: `The alias "*${name}" stands inside its own anchor.`,
      remedy: 'Move the anchor to a part that does not contain the alias.',
      range,
    })
  }

  #tooMany(range: SourceRange): undefined {
    if (this.#expanded > this.#limit + 1) return
    this.#report({
      code: 'yaml-limit',
      severity: 'error',
      message: `The file expands more than ${this.#limit} aliases.`,
      remedy: 'Write the values out or move them to variables.',
      range,
    })
  }
}
