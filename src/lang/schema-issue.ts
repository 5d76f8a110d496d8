/** One thing that is wrong with a value, in words for the person who wrote it. */
export interface SchemaIssue {
  /** Keys and indexes from the outside in; for an unknown key it ends with that key. */
  readonly path: readonly (string | number)[]
  /** The JSON Schema keyword that failed: `type`, `enum`, `required`, `additionalProperties` … */
  readonly keyword: string
  readonly message: string
  /** The words or names that would have been accepted. */
  readonly allowed?: readonly string[]
}
