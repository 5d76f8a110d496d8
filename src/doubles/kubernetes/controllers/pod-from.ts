import { at, fieldsOf } from '#doubles/json.ts'
import { type KubeObject, ownerReference } from '../kube-object.ts'

/** A pod as the template of its owner describes it. */
export function podFrom(owner: KubeObject, name: string, spec: Record<string, unknown> = {}): KubeObject {
  const texts = (field: string): Record<string, string> => {
    const given = fieldsOf(at(owner, 'spec', 'template', 'metadata', field))
    return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]))
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels: texts('labels'),
      annotations: texts('annotations'),
      ownerReferences: [ownerReference(owner)],
    },
    spec: { ...structuredClone(fieldsOf(at(owner, 'spec', 'template', 'spec'))), ...spec },
    status: { phase: 'Pending' },
  }
}
