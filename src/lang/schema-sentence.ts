import { nearest } from '#base/did-you-mean.ts'
import { described } from './functions/arguments.ts'
import { isList, isMap } from './kind-of.ts'

/** What a validator complains about, with all that a sentence needs. */
export interface Complaint {
  readonly path: readonly (string | number)[]
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  /** The value of the keyword in the schema. */
  readonly schema: unknown
  readonly parent: Readonly<Record<string, unknown>>
  readonly data: unknown
  readonly isSecret: boolean
}

interface Sentence {
  readonly message: string
  readonly allowed?: readonly string[]
}

/** A complaint as a sentence that names the place, what is there and what would be accepted. */
export function schemaSentence(complaint: Complaint): Sentence {
  const say = sentences[complaint.keyword] ?? limits[complaint.keyword]
  if (say) return say(complaint)
  return { message: `${subject(complaint)} is not accepted (${complaint.keyword}).` }
}

const sentences: Readonly<Record<string, (complaint: Complaint) => Sentence>> = {
  required: (complaint) => {
    const name = String(complaint.params['missingProperty'])
    const message =
      complaint.path.length === 0 ? `"${name}" is missing.` : `${subject(complaint)} needs "${name}".`
    return { message }
  },
  additionalProperties: unknownKey,
  type: (complaint) => ({
    message: `${subject(complaint)} must be ${typeNames(complaint.schema)}${found(complaint)}.`,
  }),
  enum: wrongWord,
  const: (complaint) => ({
    message: `${subject(complaint)} must be ${described(complaint.schema)}${found(complaint)}.`,
  }),
  pattern: (complaint) => ({
    message: `${subject(complaint)} does not have the right form${complaint.isSecret ? '' : `: ${described(complaint.data)}`} does not match ${complaint.schema}.`,
  }),
  anyOf: wrongUnion,
  oneOf: wrongUnion,
  not: (complaint) => ({
    message: `${subject(complaint)} has a value that is not accepted${found(complaint)}.`,
  }),
  uniqueItems: (complaint) => ({
    message: `${subject(complaint)} has the same item twice (${complaint.params['j']} and ${complaint.params['i']}).`,
  }),
  dependencies: needsOther,
  dependentRequired: needsOther,
  propertyNames: (complaint) => ({
    message: `${subject(complaint)} has a key that is not accepted: "${complaint.params['propertyName']}".`,
  }),
}

const limits: Readonly<Record<string, (complaint: Complaint) => Sentence>> = {
  minimum: limit('at least'),
  maximum: limit('at most'),
  exclusiveMinimum: limit('more than'),
  exclusiveMaximum: limit('less than'),
  multipleOf: limit('a multiple of'),
  minLength: (complaint) =>
    complaint.schema === 1
      ? { message: `${subject(complaint)} must not be empty.` }
      : { message: `${subject(complaint)} must have at least ${complaint.schema} characters.` },
  maxLength: (complaint) => ({
    message: `${subject(complaint)} must have at most ${complaint.schema} characters.`,
  }),
  minItems: (complaint) => ({
    message: `${subject(complaint)} must have at least ${counted(complaint.schema, 'item')}.`,
  }),
  maxItems: (complaint) => ({
    message: `${subject(complaint)} must have at most ${counted(complaint.schema, 'item')}.`,
  }),
  minProperties: (complaint) => ({
    message: `${subject(complaint)} must have at least ${counted(complaint.schema, 'key')}.`,
  }),
  maxProperties: (complaint) => ({
    message: `${subject(complaint)} must have at most ${counted(complaint.schema, 'key')}.`,
  }),
}

function limit(words: string): (complaint: Complaint) => Sentence {
  return (complaint) => ({
    message: `${subject(complaint)} must be ${words} ${complaint.schema}${found(complaint)}.`,
  })
}

function counted(count: unknown, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}

/** `"users[0].name"`; the value as a whole is "The value". */
function subject({ path }: Complaint): string {
  if (path.length === 0) return 'The value'
  const [first, ...rest] = path
  return `"${first}${rest.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}"`
}

function found({ data, isSecret }: Complaint): string {
  return isSecret ? '' : `, not ${described(data)}`
}

function unknownKey(complaint: Complaint): Sentence {
  const name = String(complaint.path.at(-1))
  const properties = complaint.parent['properties']
  const allowed = isMap(properties) ? Object.keys(properties) : []
  const outer = complaint.path.slice(0, -1)
  const place = outer.length === 0 ? 'There is no' : `${subject({ ...complaint, path: outer })} has no`
  const near = nearest(name, allowed)
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`
  return { message: `${place} "${name}".${hint}`, allowed }
}

function wrongWord(complaint: Complaint): Sentence {
  const words = isList(complaint.schema) ? complaint.schema : []
  const allowed = words.map(String)
  const near =
    complaint.isSecret || typeof complaint.data !== 'string' ? undefined : nearest(complaint.data, allowed)
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`
  return { message: `${subject(complaint)} must be ${oneOf(allowed)}${found(complaint)}.${hint}`, allowed }
}

function oneOf(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `one of ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function wrongUnion(complaint: Complaint): Sentence {
  const branches = isList(complaint.schema) ? complaint.schema.filter(isMap) : []
  const words = branches.flatMap((branch) => ('const' in branch ? [String(branch['const'])] : []))
  if (words.length > 0 && words.length === branches.length) {
    return wrongWord({ ...complaint, schema: words })
  }
  const types = branches.flatMap((branch) => (branch['type'] === undefined ? [] : [branch['type']])).flat()
  return { message: `${subject(complaint)} must be ${typeNames(types)}${found(complaint)}.` }
}

const names: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'null',
}

function typeNames(types: unknown): string {
  const list = isList(types) ? types : [types]
  return [...new Set(list.map((type) => names[String(type)] ?? String(type)))].join(' or ')
}

function needsOther(complaint: Complaint): Sentence {
  const { property, missingProperty } = complaint.params
  return { message: `"${property}" can only be given together with "${missingProperty}".` }
}
