import type { Lookup } from '#model/value.ts'

/**
 * A function of expressions and templates: `upper(x)`, `x.upper()`, `{{upper x}}`.
 *
 * `call` is pure apart from what it asks of the controller, and throws `BadArgument` with a sentence for the
 * user. It gets its arguments with secrets revealed, and its text results become secrets again, unless it
 * passes values through untouched (`keepsSecrets`).
 */
export interface FunctionDefinition {
  readonly name: string
  /** `replace(text, old, new)`; a `?` marks arguments that may be left out, `…` one that may repeat. */
  readonly signature: string
  /** One sentence, third person. */
  readonly summary: string
  /** A CEL expression and what it gives. Left out only where that depends on the world outside. */
  readonly example: readonly [expression: string, gives: unknown] | readonly [expression: string]
  readonly keepsSecrets?: boolean
  call(args: readonly unknown[], context: CallContext): unknown
}

export interface CallContext {
  readonly lookup: Lookup
}

/** An argument that a function cannot work with. */
export class BadArgument extends Error {
  override readonly name = 'BadArgument'
}
