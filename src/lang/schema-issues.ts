import type { ErrorObject } from 'ajv'
import { equal } from './equal.ts'
import { isList, isMap } from './kind-of.ts'
import type { Prepared } from './schema-input.ts'
import type { SchemaIssue } from './schema-issue.ts'
import { type Complaint, schemaSentence } from './schema-sentence.ts'

type Path = readonly (string | number)[]

/** The validator's errors as issues: one for each mistake, in the user's words. */
export function toIssues(errors: readonly ErrorObject[], input: Prepared): readonly SchemaIssue[] {
  const told = errors.filter((error) => !isBranchError(error, errors) && error.keyword !== 'if')
  const issues = told.flatMap((error) => {
    const complaints = isUnion(error) ? unionComplaints(error, errors, input) : [complaintOf(error, input)]
    return complaints.map(issueOf)
  })
  return withoutRepeats(issues.filter((issue) => !isOpen(issue, input.open)))
}

function issueOf(complaint: Complaint): SchemaIssue {
  const { message, allowed } = schemaSentence(complaint)
  return { path: complaint.path, keyword: complaint.keyword, message, ...(allowed && { allowed }) }
}

function complaintOf(error: ErrorObject, { value, secrets }: Prepared): Complaint {
  const place = pathOf(error.instancePath, value)
  const extra: unknown = error.params['additionalProperty'] ?? error.params['propertyName']
  const isUnknownKey = error.keyword === 'additionalProperties' && typeof extra === 'string'
  return {
    path: isUnknownKey ? [...place, extra] : place,
    keyword: error.keyword,
    params: error.params,
    schema: error.schema,
    parent: isMap(error.parentSchema) ? error.parentSchema : {},
    data: error.data,
    isSecret: secrets.some((secret) => equal(secret, place)),
  }
}

/** `/users/0/name` as keys and indexes; a key of digits in a mapping stays a key. */
function pathOf(pointer: string, value: unknown): Path {
  const steps = pointer.split('/').slice(1)
  let at = value
  return steps.map((step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    const place = isList(at) ? Number(key) : key
    at = isList(at) ? at[Number(key)] : isMap(at) ? at[key] : undefined
    return place
  })
}

function isUnion({ keyword }: ErrorObject): boolean {
  return keyword === 'anyOf' || keyword === 'oneOf'
}

/** Errors of the branches of a union; the union itself speaks for them. */
function isBranchError(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return errors.some(
    (union) => isUnion(union) && union !== error && error.schemaPath.startsWith(`${union.schemaPath}/`),
  )
}

/**
 * A value whose type fits one branch was meant for it, and hears what is wrong there; any other hears what
 * the union accepts.
 */
function unionComplaints(
  union: ErrorObject,
  errors: readonly ErrorObject[],
  input: Prepared,
): readonly Complaint[] {
  const branches = Map.groupBy(
    errors.filter((error) => error !== union && error.schemaPath.startsWith(`${union.schemaPath}/`)),
    (error) => error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0],
  )
  const meant = [...branches.values()].find((branch) => !branch.some((error) => isWrongKind(error, union)))
  return meant ? meant.map((error) => complaintOf(error, input)) : [complaintOf(union, input)]
}

function isWrongKind(error: ErrorObject, union: ErrorObject): boolean {
  const isHere = error.instancePath === union.instancePath
  return isHere && ['type', 'const', 'enum', 'not'].includes(error.keyword)
}

function isOpen({ path, keyword }: SchemaIssue, open: readonly Path[]): boolean {
  const isPrefix = (short: Path, long: Path) => short.every((step, i) => step === long[i])
  // A union or a comparison of items may fail only because of a part that is not known yet.
  const isWhole = ['anyOf', 'oneOf', 'not', 'enum', 'const', 'uniqueItems', 'contains'].includes(keyword)
  return open.some((one) => isPrefix(one, path) || (isWhole && isPrefix(path, one)))
}

function withoutRepeats(issues: readonly SchemaIssue[]): readonly SchemaIssue[] {
  return [...new Map(issues.map((issue) => [issue.message, issue])).values()]
}
