import type { Fields } from '../json.ts'

/**
 * An answer that says no, in the words of apimachinery's pkg/api/errors/errors.go; sent as kind Status of v1.
 */
export class ApiStatus extends Error {
  override readonly name = 'ApiStatus'
  readonly code: number
  readonly reason: string
  readonly details: Fields

  constructor(code: number, reason: string, message: string, details: Fields = {}) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }

  body(): Fields {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(Object.keys(this.details).length > 0 ? { details: this.details } : {}),
      code: this.code,
    }
  }
}

interface Named {
  readonly plural: string
  readonly group: string
}

const qualified = ({ plural, group }: Named): string => (group === '' ? plural : `${plural}.${group}`)

export const notFound = (resource: Named, name: string): ApiStatus =>
  new ApiStatus(404, 'NotFound', `${qualified(resource)} "${name}" not found`, {
    name,
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
  })

/** What the mux says of a path that nothing serves, a kind whose CRD is not established included. */
export const pageNotFound = (): ApiStatus =>
  new ApiStatus(404, 'NotFound', 'the server could not find the requested resource')

export const alreadyExists = (resource: Named, name: string): ApiStatus =>
  new ApiStatus(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, {
    name,
    kind: resource.plural,
  })

export const modified = (resource: Named, name: string): ApiStatus =>
  new ApiStatus(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { name, kind: resource.plural },
  )

export interface Cause {
  readonly field: string
  readonly message: string
  readonly reason?: string
}

export function invalid(kind: string, name: string, causes: readonly Cause[]): ApiStatus {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`)
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new ApiStatus(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`, {
    name,
    kind,
    causes: causes.map(({ field, message, reason = 'FieldValueInvalid' }) => ({ field, message, reason })),
  })
}

export const badRequest = (message: string): ApiStatus => new ApiStatus(400, 'BadRequest', message)

export const forbidden = (message: string): ApiStatus => new ApiStatus(403, 'Forbidden', message)

export const internalError = (message: string): ApiStatus =>
  new ApiStatus(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
