/**
 * How server-side apply merges lists and mappings, by the name of the field that holds them. The real server reads this
 * from the OpenAPI schema (x-kubernetes-list-type, patchMergeKey, x-kubernetes-map-type: staging/src/k8s.io/api/.../types.go);
 * everything not named here is what the schemas' default says: lists atomic, mappings granular.
 */
const keysOfLists: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  webhooks: ['name'],
  conditions: ['type'],
  ownerReferences: ['uid'],
}

const setLists = new Set(['finalizers'])

const atomicMaps = new Set([
  'selector',
  'matchLabels',
  'nodeSelector',
  'fieldRef',
  'secretKeyRef',
  'configMapKeyRef',
])

export type ListKind = 'atomic' | 'set' | readonly string[]

/** @param path names of fields from the object's root; items of lists leave no trace in it */
export function listKind(path: readonly string[]): ListKind {
  const name = path.at(-1) ?? ''
  if (setLists.has(name) && path.at(-2) === 'metadata') return 'set'
  if (name === 'ports') return portKeys(path)
  return keysOfLists[name] ?? 'atomic'
}

/** A container's ports and a Service's are told apart by different fields. */
function portKeys(path: readonly string[]): ListKind {
  if (path.at(-2) === 'containers' || path.at(-2) === 'initContainers') return ['containerPort', 'protocol']
  return path.length === 2 && path[0] === 'spec' ? ['port', 'protocol'] : 'atomic'
}

/** A Service's selector is a mapping of labels and granular only in name: the schema calls it atomic, as the others here. */
export const isAtomicMap = (path: readonly string[]): boolean => atomicMaps.has(path.at(-1) ?? '')

/** Keys that may be left out of an item have the value that defaulting gives them. */
export const keyDefaults: Readonly<Record<string, string>> = { protocol: 'TCP' }
