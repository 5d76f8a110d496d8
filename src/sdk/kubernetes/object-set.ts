import { at, fieldsOf, isFields, type KubeObject, listOf, nameOf, textOf } from './kube-object.ts'
import { setLabel } from './manifest.ts'

/**
 * What belongs to a set is written down in a ConfigMap of the cluster, so that a later run knows what it does not
 * mention any more. An object is pruned only when it still bears the label, and only if fields of it are ours.
 */
export interface SetMember {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

const namespace = 'kube-system'
const inventoryName = (set: string): string => `tsplay-set-${set}`

export const inventoryPath = (set: string): string =>
  `/api/v1/namespaces/${namespace}/configmaps/${inventoryName(set)}`

export function inventoryOf(set: string, objects: readonly KubeObject[]): KubeObject {
  const members = objects.map(memberOf).toSorted((a, b) => (textFor(a) < textFor(b) ? -1 : 1))
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: inventoryName(set), namespace, labels: { [setLabel]: set } },
    data: { objects: members.map(textFor).join('\n') },
  }
}

const memberOf = ({ apiVersion, kind, metadata: { name, namespace: place } }: KubeObject): SetMember => ({
  apiVersion,
  kind,
  name,
  ...(place === undefined ? {} : { namespace: place }),
})

const textFor = ({ apiVersion, kind, namespace: place = '', name }: SetMember): string =>
  [apiVersion, kind, place, name].join(' ')

export function membersIn(inventory: unknown): readonly SetMember[] {
  const lines = textOf(at(inventory, 'data', 'objects')).split('\n')
  return lines
    .map((line) => line.split(' '))
    .filter((words) => words.length === 4)
    .map(([apiVersion = '', kind = '', place = '', name = '']) => ({
      apiVersion,
      kind,
      name,
      ...(place === '' ? {} : { namespace: place }),
    }))
}

export function leftOver(
  before: readonly SetMember[],
  objects: readonly KubeObject[],
): readonly KubeObject[] {
  const present = new Set(objects.map((object) => textFor(memberOf(object))))
  return before
    .filter((member) => !present.has(textFor(member)))
    .map(({ apiVersion, kind, ...metadata }) => ({ apiVersion, kind, metadata }))
}

const dangerous = new Set([
  'Namespace',
  'CustomResourceDefinition',
  'PersistentVolume',
  'PersistentVolumeClaim',
])

export interface Pruning {
  readonly set: string
  readonly manager: string
  readonly isAllAllowed: boolean
}

/** Why an object is left where it is; undefined when it may go. */
export function keptBecause(live: KubeObject, { set, manager, isAllAllowed }: Pruning): string | undefined {
  if (at(live, 'metadata', 'labels', setLabel) !== set)
    return `${nameOf(live)} no longer bears the label of the set`
  const owners = listOf(at(live, 'metadata', 'managedFields')).filter(isFields)
  if (!owners.some((owner) => fieldsOf(owner)['manager'] === manager))
    return `no field of ${nameOf(live)} is ours`
  return dangerous.has(live.kind) && !isAllAllowed
    ? `${nameOf(live)} is deleted only with prune_dangerous`
    : undefined
}
