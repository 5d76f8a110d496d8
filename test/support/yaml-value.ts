import { type CompiledConditions, compileCondition } from '#lang/compile-expression.ts'
import { type CompiledValue, compileValue, type ValueContext } from '#lang/compile-value.ts'
import { parseYaml } from '#load/yaml-source.ts'
import type { Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'

/** The tree of a YAML text, as `load` makes it. */
export function yamlNode(yaml: string): Node {
  const { root, diagnostics } = parseYaml(yaml, 'test.yml')
  if (!root || diagnostics.length > 0) throw new Error(`not YAML: ${JSON.stringify(diagnostics)}`)
  return root
}

export const yamlValue = (yaml: string, context?: ValueContext): CompiledValue =>
  compileValue(yamlNode(yaml), context)

export const yamlCondition = (yaml: string): CompiledConditions => compileCondition(yamlNode(yaml))

/** The part of a text that a range marks, with the place where it starts: `2:5 name`. */
export function marked(text: string, range: SourceRange | undefined): string {
  if (!range) return 'nowhere'
  const { start, end } = range
  return `${start.line}:${start.column} ${text.slice(start.offset, end.offset)}`
}
