import { at, isFields, isSame, listOf, textOf } from '../json.ts'
import { type Cause, invalid } from './api-status.ts'
import { schemaCauses } from './crd-schema.ts'
import type { KubeObject } from './kube-object.ts'
import { selects } from './selector.ts'

/** What the server refuses: the part of pkg/apis/.../validation that objects in use here can meet. */
export function validate(object: KubeObject, before: KubeObject | undefined, schema: unknown): void {
  const causes = [
    ...nameCauses(object),
    ...(rules[object.kind]?.(object) ?? []),
    ...(before ? fixedCauses(object, before) : []),
    ...(schema === undefined ? [] : schemaCauses(object, schema)),
  ]
  if (causes.length > 0) throw invalid(object.kind, object.metadata.name, causes)
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** RBAC's names are paths, any text without / and %. */
function nameCauses({ kind, apiVersion, metadata }: KubeObject): readonly Cause[] {
  const isPath = apiVersion.startsWith('rbac.')
  const pattern = kind === 'Namespace' || kind === 'Service' ? label : subdomain
  const isGood = isPath ? !/[/%]/.test(metadata.name) : pattern.test(metadata.name)
  if (isGood && metadata.name.length <= 253) return []
  const shape = pattern === label ? 'RFC 1123 label' : 'RFC 1123 subdomain'
  return [
    {
      field: 'metadata.name',
      message: `Invalid value: "${metadata.name}": a lowercase ${shape} must consist of lower case alphanumeric characters`,
    },
  ]
}

type Rule = (object: KubeObject) => readonly Cause[]

function workload(object: KubeObject): readonly Cause[] {
  const labels = Object.fromEntries(
    Object.entries(at(object, 'spec', 'template', 'metadata', 'labels') ?? {}).map(([key, value]) => [
      key,
      String(value),
    ]),
  )
  const selector = at(object, 'spec', 'selector')
  if (!isFields(selector))
    return [{ field: 'spec.selector', message: 'Required value', reason: 'FieldValueRequired' }]
  const causes = containers(at(object, 'spec', 'template', 'spec'), 'spec.template.spec')
  if (selects(selector, labels)) return causes
  return [
    ...causes,
    {
      field: 'spec.template.metadata.labels',
      message: `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
    },
  ]
}

function containers(spec: unknown, field: string): readonly Cause[] {
  const list = listOf(at(spec, 'containers'))
  if (list.length === 0)
    return [{ field: `${field}.containers`, message: 'Required value', reason: 'FieldValueRequired' }]
  return list.flatMap((container, i) =>
    ['name', 'image']
      .filter((name) => textOf(at(container, name)) === '')
      .map((name) => ({
        field: `${field}.containers[${i}].${name}`,
        message: 'Required value',
        reason: 'FieldValueRequired',
      })),
  )
}

const rules: Readonly<Record<string, Rule>> = {
  Deployment: workload,
  DaemonSet: workload,
  ReplicaSet: workload,
  StatefulSet: workload,
  Pod: (object) => containers(object['spec'], 'spec'),
  Job: (object) => containers(at(object, 'spec', 'template', 'spec'), 'spec.template.spec'),
  Service: (object) =>
    listOf(at(object, 'spec', 'ports')).length === 0 &&
    at(object, 'spec', 'type') !== 'ExternalName' &&
    at(object, 'spec', 'clusterIP') !== 'None'
      ? [{ field: 'spec.ports', message: 'Required value', reason: 'FieldValueRequired' }]
      : [],
  CustomResourceDefinition: (object) => {
    const wanted = `${textOf(at(object, 'spec', 'names', 'plural'))}.${textOf(at(object, 'spec', 'group'))}`
    return object.metadata.name === wanted
      ? []
      : [
          {
            field: 'metadata.name',
            message: `Invalid value: "${object.metadata.name}": must be spec.names.plural+"."+spec.group`,
          },
        ]
  },
}

/** Fields that stay as they were created. */
const fixedFields: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [['spec', 'selector']],
  DaemonSet: [['spec', 'selector']],
  StatefulSet: [
    ['spec', 'selector'],
    ['spec', 'serviceName'],
  ],
  Job: [
    ['spec', 'template'],
    ['spec', 'selector'],
    ['spec', 'completions'],
  ],
  Service: [['spec', 'clusterIP']],
  Secret: [['type']],
  ClusterRoleBinding: [['roleRef']],
  RoleBinding: [['roleRef']],
  CustomResourceDefinition: [
    ['spec', 'group'],
    ['spec', 'scope'],
    ['spec', 'names', 'kind'],
  ],
}

function fixedCauses(object: KubeObject, before: KubeObject): readonly Cause[] {
  const kept = (fixedFields[object.kind] ?? [])
    .filter((path) => at(before, ...path) !== undefined && !isSame(at(object, ...path), at(before, ...path)))
    .map((path) => ({
      field: path.join('.'),
      message: `Invalid value: ${JSON.stringify(at(object, ...path) ?? null)}: field is immutable`,
    }))
  if (at(before, 'immutable') !== true || isSame(object['data'], before['data'])) return kept
  return [...kept, { field: 'data', message: 'Forbidden: field is immutable when `immutable` is set' }]
}
