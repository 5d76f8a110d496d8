import { fieldsOf, isSame } from '#doubles/json.ts'
import type { KeyPair } from '#doubles/pki/x509.ts'
import type { Cluster } from '../cluster.ts'
import type { KubeObject } from '../kube-object.ts'

/**
 * One look at the cluster: compares what is with what should be and writes the difference. Called again after every
 * change, until nothing changes.
 */
export type Controller = (context: ControllerContext) => void

export interface ControllerContext {
  readonly cluster: Cluster
  readonly authority: KeyPair
  /** Asks for another look later, when only time brings the next step. */
  again(milliseconds: number): void
  /**
   * Does what takes time beside the others, once at a time under its name; all look again when it is done. What failed is left
   * alone for a while.
   */
  background(name: string, work: () => Promise<void>): void
}

const manager = 'kube-controller-manager'

/** Makes an object, or brings the one that is there to the same content. */
export function save({ cluster }: ControllerContext, object: KubeObject): void {
  const resource = cluster.ofKind(object.kind, object.apiVersion)
  const before = cluster.get(object.kind, object.metadata.namespace ?? '', object.metadata.name)
  if (before) cluster.update(resource, withoutVersion(object), { manager })
  else cluster.create(resource, object, { manager })
}

export function saveStatus(
  { cluster }: ControllerContext,
  object: KubeObject,
  status: Record<string, unknown>,
): void {
  const next = { ...fieldsOf(object['status']), ...status }
  if (isSame(next, object['status'])) return
  const resource = cluster.ofKind(object.kind, object.apiVersion)
  cluster.update(resource, { ...withoutVersion(object), status: next }, { manager, subresource: 'status' })
}

export function remove({ cluster }: ControllerContext, object: KubeObject): void {
  cluster.delete(cluster.ofKind(object.kind, object.apiVersion), object)
}

function withoutVersion(object: KubeObject): KubeObject {
  const { resourceVersion: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message?: string
  readonly lastTransitionTime?: string
  readonly [field: string]: unknown
}

/** A condition keeps the time of its last transition as long as its status stays. */
export function conditionsWith(
  { cluster }: ControllerContext,
  object: KubeObject,
  conditions: readonly Condition[],
): { readonly conditions: readonly unknown[] } {
  const status = fieldsOf(object['status'])
  const before = Array.isArray(status['conditions']) ? status['conditions'] : []
  const present = before.map(fieldsOf)
  const named = new Set(conditions.map(({ type }) => type))
  const others = present.filter(({ type }) => !named.has(String(type)))
  const stamped = conditions.map((condition) => {
    const old = present.find(({ type }) => type === condition.type)
    const isKept = old?.['status'] === condition.status
    return { ...condition, lastTransitionTime: isKept ? old['lastTransitionTime'] : cluster.timestamp() }
  })
  return { conditions: [...others, ...stamped] }
}
