import { createRequire } from 'node:module'
import type { ASTNode, Environment } from '@marcbachmann/cel-js'

const require = createRequire(import.meta.url)
let environment: Environment | undefined

/**
 * Parses CEL into the library's tree. The library is loaded with the first expression, and only its parser is
 * used: docs/decisions/0004-one-evaluator.md says why.
 */
export function parseCel(text: string): ASTNode {
  if (!environment) {
    const cel: typeof import('@marcbachmann/cel-js') = require('@marcbachmann/cel-js')
    environment = new cel.Environment({
      unlistedVariablesAreDyn: true,
      homogeneousAggregateLiterals: false,
    })
  }
  return environment.parse(text).ast
}
