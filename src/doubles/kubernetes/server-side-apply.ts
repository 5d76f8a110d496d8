import { type Fields, isFields, isSame, listOf } from '../json.ts'
import { ApiStatus } from './api-status.ts'
import { isAtomicMap, listKind } from './field-lists.ts'
import {
  type FieldSet,
  fieldsIn,
  findItem,
  fromFieldsV1,
  keysOf,
  readablePath,
  removeAt,
  toFieldsV1,
  valueAt,
} from './field-set.ts'
import type { KubeObject, ManagedFields } from './kube-object.ts'

/**
 * Server-side apply and the field managers, after https://kubernetes.io/docs/reference/using-api/server-side-apply/ and
 * structured-merge-diff's merge/update.go.
 */
export interface Applying {
  readonly manager: string
  readonly force: boolean
  readonly now: string
}

export interface Owned {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly subresource: string | undefined
  readonly apiVersion: string
  readonly time: string
  readonly fields: FieldSet
}

export function applyTo(
  live: KubeObject,
  applied: KubeObject,
  { manager, force, now }: Applying,
): KubeObject {
  const owners = ownersOf(live)
  const wanted = fieldsIn(applied)
  const others = owners.filter((owner) => !(owner.manager === manager && owner.operation === 'Apply'))
  const conflicts = others.flatMap((owner) => conflictsWith(owner, { live, applied, wanted }))
  if (conflicts.length > 0 && !force) throw conflictStatus(conflicts)
  const lost = new Set(conflicts.map(({ path }) => path))
  const kept = others.map((owner) => ({ ...owner, fields: without(owner.fields, lost) }))

  const before = owners.find((owner) => owner.manager === manager && owner.operation === 'Apply')
  const result = structuredClone(live)
  mergeFields(result, structuredClone(applied), [])
  for (const path of abandoned(before?.fields, { wanted, kept })) removeAt(result, path)
  const mine: Owned = {
    manager,
    operation: 'Apply',
    subresource: undefined,
    apiVersion: applied.apiVersion,
    time: before && isSame(before.fields, wanted) ? before.time : now,
    fields: wanted,
  }
  return withOwners(result, [...kept, mine])
}

/** Ownership after an update (PUT, POST or another patch): what changed is the manager's now. */
export function afterUpdate(
  before: KubeObject | undefined,
  after: KubeObject,
  by: { readonly manager: string; readonly subresource?: string; readonly now: string },
): KubeObject {
  const left = fieldsIn(after)
  const changed = new Set([...left].filter((path) => !isSame(valueAt(before, path), valueAt(after, path))))
  const owners = (before ? ownersOf(before) : []).map((owner) => ({
    ...owner,
    fields: without(new Set([...owner.fields].filter((path) => left.has(path))), changed),
  }))
  if (changed.size === 0) return withOwners(after, owners)
  const isMine = (owner: Owned): boolean =>
    owner.manager === by.manager && owner.operation === 'Update' && owner.subresource === by.subresource
  const mine: Owned = {
    manager: by.manager,
    operation: 'Update',
    subresource: by.subresource,
    apiVersion: after.apiVersion,
    time: by.now,
    fields: new Set([...changed, ...(owners.find(isMine)?.fields ?? [])]),
  }
  return withOwners(after, [...owners.filter((owner) => !isMine(owner)), mine])
}

const without = (fields: FieldSet, others: FieldSet): FieldSet =>
  new Set([...fields].filter((path) => !others.has(path)))

export function ownersOf(object: KubeObject): readonly Owned[] {
  return (object.metadata.managedFields ?? []).map((entry) => ({
    manager: entry.manager,
    operation: entry.operation,
    subresource: entry.subresource,
    apiVersion: entry.apiVersion,
    time: entry.time,
    fields: fromFieldsV1(entry.fieldsV1),
  }))
}

function withOwners(object: KubeObject, owners: readonly Owned[]): KubeObject {
  const managedFields = owners.filter(({ fields }) => fields.size > 0).map(entryOf)
  return { ...object, metadata: { ...object.metadata, managedFields } }
}

function entryOf({ manager, operation, subresource, apiVersion, time, fields }: Owned): ManagedFields {
  return {
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(fields),
    ...(subresource === undefined ? {} : { subresource }),
  }
}

interface Conflict {
  readonly owner: Owned
  readonly path: string
}

function conflictsWith(
  owner: Owned,
  { live, applied, wanted }: { live: KubeObject; applied: KubeObject; wanted: FieldSet },
): readonly Conflict[] {
  return [...owner.fields]
    .filter((path) => wanted.has(path))
    .filter((path) => !isItem(path) && !isSame(valueAt(live, path), valueAt(applied, path)))
    .map((path) => ({ owner, path }))
}

const isItem = (path: string): boolean => path.slice(path.lastIndexOf('\n') + 1).startsWith('k:')

function conflictStatus(conflicts: readonly Conflict[]): ApiStatus {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${JSON.stringify(owner.manager)} using ${owner.apiVersion}`,
    field: readablePath(path),
  }))
  const [first] = causes
  const text =
    causes.length === 1 && first
      ? `Apply failed with 1 conflict: ${first.message}: ${first.field}`
      : `Apply failed with ${causes.length} conflicts: ${causes.map(({ message, field }) => `${message}:\n- ${field}`).join('\n')}`
  return new ApiStatus(409, 'Conflict', text, { causes })
}

/** What the manager applied before and leaves out now, unless somebody else holds it as well; deepest first. */
function abandoned(
  before: FieldSet | undefined,
  { wanted, kept }: { wanted: FieldSet; kept: readonly Owned[] },
): readonly string[] {
  const held = (path: string): boolean =>
    kept.some(({ fields }) => [...fields].some((other) => other === path || other.startsWith(`${path}\n`)))
  const isParent = (path: string): boolean => [...wanted].some((other) => other.startsWith(`${path}\n`))
  return [...(before ?? [])]
    .filter((path) => !wanted.has(path) && !held(path) && !isParent(path))
    .sort((a, b) => b.split('\n').length - a.split('\n').length)
}

function mergeFields(live: Fields, applied: Fields, names: readonly string[]): void {
  for (const [name, value] of Object.entries(applied)) {
    if (value !== null) live[name] = merge(live[name], value, [...names, name])
  }
}

function merge(live: unknown, applied: unknown, names: readonly string[]): unknown {
  if (isFields(live) && isFields(applied) && !isAtomicMap(names)) {
    mergeFields(live, applied, names)
    return live
  }
  return Array.isArray(live) && Array.isArray(applied) ? mergeLists(live, applied, names) : applied
}

function mergeLists(
  live: readonly unknown[],
  applied: readonly unknown[],
  names: readonly string[],
): unknown {
  const kind = listKind(names)
  if (kind === 'atomic') return applied
  if (kind === 'set')
    return [...live, ...applied.filter((item) => !live.some((other) => isSame(item, other)))]
  const result = [...listOf(live)]
  for (const item of applied) {
    const found = findItem(result, `k:${JSON.stringify(keysOf(item, kind))}`)
    if (found === undefined) result.push(item)
    else result[result.indexOf(found)] = merge(found, item, names)
  }
  return result
}
