import { at, type Fields, fieldsOf, isFields, isSame, textOf } from '../json.ts'
import type { KubeObject } from '../kubernetes/kube-object.ts'
import { compactJson } from './print-text.ts'

/** Where kubectl keeps what it applied last (k8s.io/kubectl's pkg/util/apply.go). */
const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

export const lastApplied = (object: KubeObject): string | undefined =>
  object.metadata.annotations?.[annotation]

/** The object with a note of itself. */
export function withLastApplied(object: KubeObject): KubeObject {
  const { [annotation]: _, ...annotations } = object.metadata.annotations ?? {}
  const plain = { ...object, metadata: { ...object.metadata, annotations } }
  const noted = { ...annotations, [annotation]: `${compactJson(plain)}\n` }
  return { ...object, metadata: { ...object.metadata, annotations: noted } }
}

export const missingNote = (name: string): string =>
  `Warning: resource ${name} is missing the ${annotation} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`

/** The patch from what is there to what is wanted: fields that were applied before and are wanted no more go. */
export function configured(live: KubeObject, wanted: KubeObject): Fields {
  const before: unknown = JSON.parse(lastApplied(live) ?? '{}')
  return fieldsPatch({ before: fieldsOf(before), live, wanted })
}

interface Three {
  readonly before: Fields
  readonly live: Fields
  readonly wanted: Fields
}

function fieldsPatch({ before, live, wanted }: Three): Fields {
  const gone = Object.keys(before).filter((name) => !(name in wanted) && name in live && !isOwn(name))
  const changed = Object.entries(wanted).flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    const patch = valuePatch({ before: before[name], live: live[name], wanted: value })
    return patch === undefined ? [] : [[name, patch]]
  })
  return Object.fromEntries([...gone.map((name) => [name, null] as const), ...changed])
}

/** Undefined where nothing has to change. */
function valuePatch({ before, live, wanted }: Readonly<Record<keyof Three, unknown>>): unknown {
  if (isFields(wanted) && isFields(live)) {
    const inner = fieldsPatch({ before: fieldsOf(before), live, wanted })
    return isSame(inner, {}) ? undefined : inner
  }
  if (covers(live, wanted)) return undefined
  return Array.isArray(wanted) ? filledIn(live, wanted) : wanted
}

/** Who the object is, is no field of a configuration. */
const isOwn = (name: string): boolean => name === 'apiVersion' || name === 'kind'

/** Whether what is there says all that is wanted; items of lists may have more, which the server has filled in. */
function covers(has: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(has) && has.length === wanted.length && wanted.every((item, i) => covers(has[i], item))
    )
  if (!isFields(wanted)) return isSame(has, wanted)
  return isFields(has) && Object.entries(wanted).every(([name, value]) => covers(has[name], value))
}

/** Items that are known by their names keep what the server has filled in. */
function filledIn(has: unknown, wanted: readonly unknown[]): unknown {
  const present: readonly unknown[] = Array.isArray(has) ? has : []
  return wanted.map((item) => {
    const name = textOf(at(item, 'name'))
    const known = name === '' ? undefined : present.find((one) => at(one, 'name') === name)
    return isFields(item) && isFields(known) ? { ...known, ...item } : item
  })
}
