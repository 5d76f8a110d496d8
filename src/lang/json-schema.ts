import { Ajv, type ValidateFunction } from 'ajv'
import { coerceTo } from './coerce.ts'
import { checkedPart, checkOptions, keptCheckOf } from './schema-check.ts'
import { type Prepared, prepare } from './schema-input.ts'
import type { SchemaIssue } from './schema-issue.ts'
import { toIssues } from './schema-issues.ts'

export interface CompiledSchema {
  /**
   * The value with the types the schema asks for where that is beyond doubt: YAML 1.1's words for booleans,
   * numbers written as text, one item for a list, comma-separated text for a list of texts; defaults filled in
   * and optional nulls left out. What cannot be converted stays, for `validate` to report.
   */
  coerce(value: unknown): unknown
  /** What is wrong with a coerced value. Nothing is said about parts at or below `open` paths or not known yet. */
  validate(value: unknown, open?: readonly (readonly (string | number)[])[]): readonly SchemaIssue[]
}

export type { SchemaIssue }

const compiled = new WeakMap<object, CompiledSchema>()

/** Makes a JSON Schema (draft 7) ready to use; once per schema object. It is compiled when something is validated. */
export function compileSchema(schema: object): CompiledSchema {
  const known = compiled.get(schema)
  if (known) return known
  const made = compile(schema)
  compiled.set(schema, made)
  return made
}

function compile(schema: object): CompiledSchema {
  let check: ValidateFunction | undefined
  return {
    coerce: (value) => coerceTo(schema, value),
    validate(value, open = []) {
      check ??= keptCheckOf(schema) ?? ajv().compile(checkedPart(schema))
      const input: Prepared = prepare(value)
      if (check(input.value)) return []
      return toIssues(check.errors ?? [], { ...input, open: [...input.open, ...open] })
    },
  }
}

let instance: Ajv | undefined

function ajv(): Ajv {
  instance ??= new Ajv(checkOptions)
  return instance
}
