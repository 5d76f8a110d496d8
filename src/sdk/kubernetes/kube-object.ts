/** A mapping of JSON. */
export type Fields = Readonly<Record<string, unknown>>

/** An object of a Kubernetes API, as far as everybody knows it. */
export interface KubeObject extends Fields {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Fields & { readonly name: string; readonly namespace?: string }
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isKubeObject = (value: unknown): value is KubeObject =>
  isFields(value) &&
  typeof value['apiVersion'] === 'string' &&
  typeof value['kind'] === 'string' &&
  isFields(value['metadata']) &&
  typeof value['metadata']['name'] === 'string'

/** What lies at the end of a way through mappings; undefined when it ends early. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const name of path) found = isFields(found) ? found[name] : undefined
  return found
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})

export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''

/** `Deployment web/site`, `Namespace web`. */
export function nameOf({ kind, metadata }: KubeObject): string {
  const place = metadata.namespace === undefined ? '' : `${metadata.namespace}/`
  return `${kind} ${place}${metadata.name}`
}

export function conditionOf(object: unknown, type: string): Fields | undefined {
  return listOf(at(object, 'status', 'conditions'))
    .map(fieldsOf)
    .find((condition) => condition['type'] === type)
}
