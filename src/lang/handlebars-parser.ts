import { createRequire } from 'node:module'
import type { Loc, Program } from './handlebars-ast.ts'

/** Where and why Handlebars could not go on. */
export class HandlebarsProblem extends Error {
  override readonly name = 'HandlebarsProblem'
  readonly at: Loc['start'] | undefined
  /** What stood there, by the grammar's name for it: `EOF`, `INVALID`. */
  readonly found: string | undefined

  constructor(message: string, at?: Loc['start'], found?: string) {
    super(message)
    this.at = at
    this.found = found
  }
}

interface Library {
  parse(text: string): Program
  readonly parser: {
    parseError(message: string, details: { token?: string | null }): never
    readonly lexer: {
      readonly yylloc: { first_line: number; first_column: number }
    }
  }
}

const require = createRequire(import.meta.url)
let library: Library | undefined

/**
 * Parses a template into the library's tree, standalone lines and `~` already taken care of. Only the parser
 * is loaded, and only with the first template: docs/decisions/0004-one-evaluator.md says why.
 */
export function parseHandlebars(text: string): Program {
  library ??= load()
  try {
    return library.parse(text)
  } catch (error) {
    throw problemOf(error)
  }
}

function load(): Library {
  const loaded: Library = require('handlebars/dist/cjs/handlebars/compiler/base.js')
  const { parser } = loaded
  // The library's own handler throws away the position of the token that did not fit.
  parser.parseError = (message, { token }) => {
    const { first_line: line, first_column: column } = parser.lexer.yylloc
    throw new HandlebarsProblem(message, { line, column }, token ?? undefined)
  }
  return loaded
}

/** Mismatched blocks are found outside the grammar and carry their position as fields. */
function problemOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HandlebarsProblem) return error
  const line = 'lineNumber' in error ? error.lineNumber : undefined
  const column = 'column' in error ? error.column : undefined
  if (typeof line !== 'number' || typeof column !== 'number') return error
  return new HandlebarsProblem(error.message.replace(/ - \d+:\d+$/, ''), { line, column })
}
