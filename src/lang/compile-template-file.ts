import { compileTemplate } from './compile-template.ts'
import type { CompiledValue } from './compile-value.ts'
import { filePlace } from './place.ts'
import { evaluableValue, literal } from './scalar-values.ts'

interface Remembered {
  readonly text: string
  readonly compiled: CompiledValue
}

const remembered = new Map<string, Remembered>()

/**
 * Compiles a whole template file, whose value is always text. The last result for each file is remembered,
 * since a template is rendered once for every host.
 */
export function compileTemplateFile(text: string, file: string): CompiledValue {
  const known = remembered.get(file)
  if (known?.text === text) return known.compiled
  const compiled = compileFile(text, file)
  if (remembered.size >= 500) remembered.clear()
  remembered.set(file, { text, compiled })
  return compiled
}

function compileFile(text: string, file: string): CompiledValue {
  const place = filePlace(text, file)
  const { template, constant, diagnostics } = compileTemplate(text, place)
  if (!template) return { value: literal(constant ?? text, place.whole), diagnostics }
  return { value: evaluableValue(template, { text: true }), diagnostics }
}
