/** A JSON Schema (draft 7) as data. */
export type JsonSchema = Readonly<Record<string, unknown>>

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A definition of the same document. Nothing may stand beside it in draft 7, so descriptions go into `allOf`. */
export const ref = (name: string): JsonSchema => ({ $ref: `#/definitions/${name}` })

/** One of several, with a sentence about all of them. */
export const oneOf = (description: string | undefined, branches: readonly JsonSchema[]): JsonSchema => ({
  ...(description !== undefined && { description }),
  anyOf: branches,
})

/** One schema or another, by whether a test holds: messages are then about the one that was meant. */
export const either = (test: JsonSchema, then: JsonSchema, otherwise: JsonSchema): JsonSchema =>
  Object.fromEntries([
    ['if', test],
    ['then', then],
    ['else', otherwise],
  ])

const booleanWords = ['yes', 'no', 'on', 'off', 'true', 'false', 'y', 'n', '1', '0']

/** Every way to write a word, since YAML 1.1 took them in three: yes, Yes, YES. */
const inAllCases = (word: string): readonly string[] => [
  ...new Set([word, `${word.charAt(0).toUpperCase()}${word.slice(1)}`, word.toUpperCase()]),
]

/**
 * Text whose value is known only during a run: a template, or what may be tagged `!expr`. Schemas do not see tags, so
 * an operator, a call or a member has to do as the sign of an expression.
 */
const computed = '\\{\\{|[(?\\[]|[=!<>]=|&&|\\|\\||[A-Za-z_]\\w*\\.[A-Za-z_]'

/** What stands in many places: each may also be computed. */
export const sharedDefinitions = {
  template: { type: 'string', pattern: computed },
  boolean: {
    anyOf: [
      { type: 'boolean' },
      { enum: [...booleanWords.flatMap(inAllCases), 0, 1] },
      { type: 'string', pattern: computed },
    ],
  },
  integer: {
    anyOf: [{ type: 'integer' }, { type: 'string', pattern: `^\\s*[-+]?\\d+\\s*$|${computed}` }],
  },
  number: {
    anyOf: [
      { type: 'number' },
      { type: 'string', pattern: `^\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?\\s*$|${computed}` },
    ],
  },
  text: { type: ['string', 'number', 'boolean'] },
  texts: {
    anyOf: [
      { type: ['string', 'number', 'boolean', 'null'] },
      { type: 'array', items: { type: ['string', 'number', 'boolean'] } },
    ],
  },
  duration: {
    anyOf: [
      { type: 'number', minimum: 0 },
      { type: 'string', pattern: `^\\s*\\d+(\\.\\d+)?\\s*(s|m|min|h)?\\s*$|${computed}` },
    ],
  },
  conditions: {
    anyOf: [
      { type: ['string', 'boolean', 'number', 'null'] },
      { type: 'array', items: { type: ['string', 'boolean', 'number'] } },
    ],
  },
  variables: {
    type: ['object', 'null'],
    propertyNames: { pattern: '^[A-Za-z_]\\w*$' },
  },
} as const satisfies Readonly<Record<string, JsonSchema>>
