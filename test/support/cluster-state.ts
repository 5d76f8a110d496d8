import { withoutChance } from './chance.ts'

/** Fields of objects that each write, each start or the order of joining makes other: by their last name. */
const drawn = new Set([
  // Counts all writes of the cluster, those of its own daemons among them.
  'resourceVersion',
  'uid',
  'machineID',
  // The next free network goes to the worker that joins first; both join at once.
  'podCIDR',
  'podCIDRs',
  // Of an account that an issuer registers: its name is the hash of a key that was drawn.
  'uri',
])

/** What the cluster's own daemons write all the time, or follows from where pods came to stand. */
const kept = /^(coordination\.k8s\.io\/leases|\/endpoints|\/events)\//

/** All objects of a cluster, one line each; of its pods how many there are, of what, and how they are. */
export function clusterState(store: string): string {
  const { objects }: { objects: Record<string, ClusterObject> } = JSON.parse(store)
  return Object.entries(objects)
    .filter(([key]) => !kept.test(key))
    .map(([key, object]) => withoutChance(named(object, `${key} ${JSON.stringify(settled(object), byName)}`)))
    .sort()
    .join('\n')
}

interface ClusterObject {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: { readonly phase?: string }
}

/** The scheduler may put a pod on either worker, where it gets the next address. */
const settled = (object: ClusterObject): unknown =>
  object.kind === 'Pod'
    ? { ...object, spec: { ...object.spec, nodeName: undefined }, status: { phase: object.status?.phase } }
    : object

/** Of a pod's name the last part is drawn. */
const named = ({ kind, metadata: { name } }: ClusterObject, text: string): string =>
  kind === 'Pod' ? text.replaceAll(name, name.replace(/-[0-9a-f]{5}$/, '-POD')) : text

function byName(key: string, value: unknown): unknown {
  if (drawn.has(key)) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
