import { createRequire } from 'node:module'
import type { ASTNode, Environment } from '@marcbachmann/cel-js'

const require = createRequire(import.meta.url)
let environment: Environment | undefined

/**
 * Parses CEL into the library's tree. The library is loaded with the first expression, and only its parser is
 * used: docs/decisions/0004-one-evaluator.md says why.
 */
export function parseCel(text: string): ASTNode {
  environment ??= loaded()
  try {
    return environment.parse(text).ast
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new CelMistake(error)
  }
}

/** Thrown for what the library says of a text; that the library cannot be loaded is no mistake in the text. */
export class CelMistake extends Error {
  override readonly cause: Error

  constructor(cause: Error) {
    super(cause.message, { cause })
    this.cause = cause
  }
}

function loaded(): Environment {
  const cel: typeof import('@marcbachmann/cel-js') = require('@marcbachmann/cel-js')
  return new cel.Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })
}
