import { compileCondition, compileScalarExpression } from '#lang/compile-expression.ts'
import { compileValue } from '#lang/compile-value.ts'
import type { Node, ScalarNode } from '#model/node.ts'
import type { Conditions } from '#model/program.ts'
import type { Expression, Value } from '#model/value.ts'
import { constantExpression } from './constant-expression.ts'
import type { Report } from './report.ts'

/** Compiles text; what is wrong with it goes into the report. The same node is compiled once. */
export interface Language {
  value(node: Node): Value
  /** CEL. A broken one is reported and stands for null. */
  expression(node: ScalarNode): Expression
  /** One condition or a list of them; broken ones are reported and left out. */
  conditions(node: Node): Conditions
}

export function createLanguage(report: Report): Language {
  const values = new WeakMap<Node, Value>()
  return {
    value(node) {
      const known = values.get(node)
      if (known) return known
      const { value, diagnostics } = compileValue(node)
      report.addAll(diagnostics)
      values.set(node, value)
      return value
    },
    expression(node) {
      const { expression, diagnostics } = compileScalarExpression(node)
      report.addAll(diagnostics)
      return expression ?? constantExpression(null, node.range)
    },
    conditions(node) {
      const { conditions, diagnostics } = compileCondition(node)
      report.addAll(diagnostics)
      return conditions
    },
  }
}
