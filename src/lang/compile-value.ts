import type { Diagnostic } from '#model/diagnostic.ts'
import type { ListNode, MapNode, Node, ScalarNode } from '#model/node.ts'
import { Secret } from '#model/secret.ts'
import type { SourceRange } from '#model/source.ts'
import type { Value } from '#model/value.ts'
import { listValue, mapValue } from './collection-values.ts'
import { compileCondition, compileScalarExpression } from './compile-expression.ts'
import { compileTemplate } from './compile-template.ts'
import { conditionsValue, expressionValue } from './evaluated-value.ts'
import { type Place, scalarPlace, textPlace } from './place.ts'
import { evaluableValue, literal } from './scalar-values.ts'

export interface CompiledValue {
  /** Always there: what could not be compiled stands in it as plain text. */
  readonly value: Value
  readonly diagnostics: readonly Diagnostic[]
}

export interface ValueContext {
  /** Keys of the outermost mapping whose text is CEL and whose outcome is wanted, as `t.Conditions` says. */
  readonly conditionKeys?: ReadonlySet<string>
  /** The same for `t.Expression`. */
  readonly expressionKeys?: ReadonlySet<string>
}

/**
 * Compiles a YAML tree: text with `{{` as templates, `!expr` as CEL, all else as it stands. `!unsafe` text is
 * never a template; text decrypted from `!vault` becomes a secret.
 */
export function compileValue(node: Node, context: ValueContext = {}): CompiledValue {
  const diagnostics: Diagnostic[] = []
  const value = nodeValue(node, diagnostics, context)
  return { value, diagnostics }
}

/** Compiles a template that stands in no YAML node: an argument of the command line, say. */
export function compileText(text: string, range: SourceRange): CompiledValue {
  return compileString(text, textPlace(text, range), range)
}

/** A value from data: never a template, whatever its text looks like. Secrets and `omit` may be in it. */
export function literalValue(plain: unknown, range: SourceRange): Value {
  if (Array.isArray(plain)) {
    const items: readonly unknown[] = plain
    return listValue(
      items.map((item) => literalValue(item, range)),
      range,
    )
  }
  if (!isPlainObject(plain)) return literal(plain, range)
  const entries = Object.entries(plain).map(([key, value]) => ({ key, value: literalValue(value, range) }))
  return mapValue(entries, range)
}

/** Lazy objects (proxies), results of facts and the engine's own classes are handed on as they are. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function nodeValue(node: Node, diagnostics: Diagnostic[], context: ValueContext = {}): Value {
  if (node.kind === 'list') return listOf(node, diagnostics)
  if (node.kind === 'map') return mapOf(node, diagnostics, context)
  const compiled = compileScalar(node)
  diagnostics.push(...compiled.diagnostics)
  return compiled.value
}

function listOf(node: ListNode, diagnostics: Diagnostic[]): Value {
  return listValue(
    node.items.map((item) => nodeValue(item, diagnostics)),
    node.range,
  )
}

function mapOf(node: MapNode, diagnostics: Diagnostic[], context: ValueContext): Value {
  const entries = node.entries.map(({ key, keyRange, value }) => ({
    key,
    keyTemplate: keyTemplate(key, keyRange, diagnostics),
    value: evaluatedValue(key, value, { diagnostics, context }) ?? nodeValue(value, diagnostics),
  }))
  return mapValue(entries, node.range)
}

function keyTemplate(key: string, range: SourceRange, diagnostics: Diagnostic[]): Value | undefined {
  if (!key.includes('{{')) return undefined
  const compiled = compileString(key, textPlace(key, range), range)
  diagnostics.push(...compiled.diagnostics)
  return compiled.value
}

interface Collecting {
  readonly diagnostics: Diagnostic[]
  readonly context: ValueContext
}

function evaluatedValue(key: string, node: Node, { diagnostics, context }: Collecting): Value | undefined {
  if (context.conditionKeys?.has(key)) {
    const compiled = compileCondition(node)
    diagnostics.push(...compiled.diagnostics)
    return conditionsValue(compiled.conditions, node.range)
  }
  if (!context.expressionKeys?.has(key) || node.kind !== 'scalar') return undefined
  const compiled = compileScalarExpression(node)
  diagnostics.push(...compiled.diagnostics)
  return compiled.expression && expressionValue(compiled.expression)
}

function compileScalar(node: ScalarNode): CompiledValue {
  if (node.tag === 'expr') return compileTagged(node)
  if (typeof node.value !== 'string' || node.tag === 'unsafe') {
    return { value: literal(node.value, node.range), diagnostics: [] }
  }
  if (node.tag === 'vault') return compileVault(node, node.value)
  return compileString(node.value, scalarPlace(node), node.range)
}

function compileTagged(node: ScalarNode): CompiledValue {
  const { expression, diagnostics } = compileScalarExpression(node)
  const value = expression ? evaluableValue(expression) : literal(node.value, node.range)
  return { value, diagnostics }
}

/** A decrypted value may hold templates, as other variables may; whatever it gives is secret. */
function compileVault(node: ScalarNode, text: string): CompiledValue {
  const whole = literal(new Secret(text), node.range)
  // Opened braces alone are part of a password, not of a template.
  if (!/\{\{[\s\S]*\}\}/.test(text)) return { value: whole, diagnostics: [] }
  const { template, constant, diagnostics } = compileTemplate(text, {
    whole: node.range,
    range: () => node.range,
  })
  if (template) return { value: evaluableValue(template, { secret: true }), diagnostics }
  if (constant !== undefined) return { value: literal(new Secret(constant), node.range), diagnostics }
  return { value: whole, diagnostics: diagnostics.map(({ code }) => brokenVault(code, node.range)) }
}

/** Says nothing of the text itself, which is secret. */
function brokenVault(code: Diagnostic['code'], range: SourceRange): Diagnostic {
  return {
    code,
    severity: 'error',
    message: 'The decrypted text has a template in it that cannot be read.',
    remedy: 'Write its braces as \\{{ when they are meant literally; Jinja filters have no meaning here.',
    range,
  }
}

function compileString(text: string, place: Place, range: SourceRange): CompiledValue {
  if (!text.includes('{{') && !text.includes('{%')) return { value: literal(text, range), diagnostics: [] }
  const { template, constant, diagnostics } = compileTemplate(text, place)
  if (constant !== undefined) return { value: literal(constant, range), diagnostics }
  const value = template ? evaluableValue(template) : literal(text, range)
  return { value, diagnostics }
}
