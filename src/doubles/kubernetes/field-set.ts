import { type Fields, fieldsOf, isFields, isSame, listOf } from '../json.ts'
import { isAtomicMap, keyDefaults, listKind } from './field-lists.ts'

/**
 * Sets of fields as managedFields hold them (structured-merge-diff's fieldpath, FieldsV1): a path is a list of
 * `f:name`, `k:{"key":value}` and `v:value`, joined by line breaks.
 */
export type FieldSet = ReadonlySet<string>

const separator = '\n'

export const splitPath = (path: string): readonly string[] => path.split(separator)

/** The server fills these in itself; nobody manages them. */
const unmanaged = new Set([
  'apiVersion',
  'kind',
  ...[
    'name',
    'namespace',
    'managedFields',
    'resourceVersion',
    'uid',
    'creationTimestamp',
    'generation',
    'deletionTimestamp',
    'selfLink',
    'generateName',
    'deletionGracePeriodSeconds',
  ].map((name) => `metadata${separator}${name}`),
])

/** Every leaf of an object, and every item of a list that is merged by keys. */
export function fieldsIn(object: Fields): FieldSet {
  const found = new Set<string>()
  collect(object, { names: [], path: [] }, found)
  return found
}

interface Place {
  readonly names: readonly string[]
  readonly path: readonly string[]
}

function collect(value: unknown, place: Place, found: Set<string>): void {
  if (isFields(value) && !isAtomicMap(place.names) && Object.keys(value).length > 0) {
    collectMap(value, place, found)
    return
  }
  const kind = Array.isArray(value) && value.length > 0 ? listKind(place.names) : 'atomic'
  if (kind === 'atomic') {
    if (place.path.length > 0) found.add(place.path.join(separator))
    return
  }
  for (const item of listOf(value)) {
    const path = [...place.path, itemElement(item, kind)]
    found.add(path.join(separator))
    if (kind !== 'set') collect(item, { names: place.names, path }, found)
  }
}

function collectMap(value: Fields, { names, path }: Place, found: Set<string>): void {
  for (const [name, inner] of Object.entries(value)) {
    const next = [...names, name]
    if (unmanaged.has(next.join(separator))) continue
    if (inner === undefined || inner === null) continue
    collect(inner, { names: next, path: [...path, `f:${name}`] }, found)
  }
}

function itemElement(item: unknown, kind: 'set' | readonly string[]): string {
  return kind === 'set' ? `v:${JSON.stringify(item)}` : `k:${JSON.stringify(keysOf(item, kind))}`
}

export function keysOf(item: unknown, keys: readonly string[]): Fields {
  const fields = fieldsOf(item)
  const pairs = keys.map((key) => [key, fields[key] ?? keyDefaults[key]])
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined))
}

/** The item of a list that `k:` or `v:` names. */
export function findItem(list: readonly unknown[], element: string): unknown {
  const wanted: unknown = JSON.parse(element.slice(2))
  if (element.startsWith('v:')) return list.find((item) => isSame(item, wanted))
  return list.find((item) => isSame(keysOf(item, Object.keys(fieldsOf(wanted))), wanted))
}

export function valueAt(object: unknown, path: string): unknown {
  let found = object
  for (const element of splitPath(path)) {
    found = element.startsWith('f:') ? fieldsOf(found)[element.slice(2)] : findItem(listOf(found), element)
  }
  return found
}

/** Takes a field or item away, and the mappings above that become empty by it. */
export function removeAt(object: Fields, path: string): void {
  const elements = splitPath(path)
  const last = elements.at(-1) ?? ''
  const parentPath = elements.slice(0, -1)
  const parent = parentPath.length === 0 ? object : valueAt(object, parentPath.join(separator))
  if (last.startsWith('f:')) delete fieldsOf(parent)[last.slice(2)]
  else if (Array.isArray(parent)) parent.splice(parent.indexOf(findItem(parent, last)), 1)
  const isEmpty = Array.isArray(parent) ? parent.length === 0 : Object.keys(fieldsOf(parent)).length === 0
  if (isEmpty && parentPath.length > 1) removeAt(object, parentPath.join(separator))
}

export function toFieldsV1(set: FieldSet): Fields {
  const root: Fields = {}
  for (const path of set) {
    let place = root
    for (const element of splitPath(path)) {
      const next = fieldsOf(place[element])
      place[element] = next
      place = next
    }
    if (!path.slice(path.lastIndexOf(separator) + 1).startsWith('f:')) place['.'] = {}
  }
  return root
}

export function fromFieldsV1(fields: Fields): FieldSet {
  const found = new Set<string>()
  read(fields, [], found)
  return found
}

function read(fields: Fields, path: readonly string[], found: Set<string>): void {
  const names = Object.keys(fields)
  if (names.length === 0 && path.length > 0) found.add(path.join(separator))
  for (const name of names) {
    if (name === '.') found.add(path.join(separator))
    else read(fieldsOf(fields[name]), [...path, name], found)
  }
}

/** `f:spec f:containers k:{"name":"a"} f:image` as messages write it: `.spec.containers[name="a"].image`. */
export function readablePath(path: string): string {
  return splitPath(path)
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`
      const keys: unknown = JSON.parse(element.slice(2))
      const pairs = Object.entries(fieldsOf(keys)).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      return `[${pairs.join(',')}]`
    })
    .join('')
}
