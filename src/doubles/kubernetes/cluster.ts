import { randomUUID } from 'node:crypto'
import { isSame } from '../json.ts'
import { admit } from './admission.ts'
import { alreadyExists, modified, notFound, pageNotFound } from './api-status.ts'
import { pruneObject, schemaOf } from './crd-schema.ts'
import { setDefaults } from './defaulting.ts'
import { groupOf, type KubeObject, versionOf } from './kube-object.ts'
import { builtInResources, type Resource, resourcesOfCrd } from './resource-table.ts'
import { afterUpdate, applyTo } from './server-side-apply.ts'
import { allocateAddress } from './service-address.ts'
import { Store } from './store.ts'
import { validate } from './validation.ts'

export interface ClusterOptions {
  /** Where the objects are kept; left out: only in memory. */
  readonly file?: string
  readonly now?: () => Date
  /** How long a CRD takes until it is established. */
  readonly crdDelayMs?: number
  /** A node without a heartbeat for so long is not ready; the real one waits 40 s. */
  readonly nodeGraceMs?: number
  /** How long work of a controller that failed is left alone; 2 s. */
  readonly backOffMs?: number
  /** Nodes are hollow: their pods run without anybody saying so (kubemark's word). */
  readonly hollowNodes?: boolean
}

export interface Writing {
  readonly manager: string
  readonly dryRun?: boolean
  readonly subresource?: string
  readonly force?: boolean
}

/** The objects of a cluster and the rules by which they are written. */
export class Cluster {
  readonly store: Store
  readonly options: ClusterOptions

  constructor(options: ClusterOptions = {}) {
    this.options = options
    this.store = new Store(options.file)
  }

  now(): Date {
    return this.options.now?.() ?? new Date()
  }

  timestamp(): string {
    return this.now().toISOString().replace(/\.\d+/, '')
  }

  resources(): readonly Resource[] {
    return [...builtInResources, ...this.list('CustomResourceDefinition').flatMap(resourcesOfCrd)]
  }

  ofKind(kind: string, apiVersion?: string): Resource {
    const found =
      this.#builtIn(kind, apiVersion) ?? this.resources().find((one) => isOf(one, kind, apiVersion))
    if (!found) throw pageNotFound()
    return found
  }

  key({ group, plural }: Resource, namespace: string, name: string): string {
    return `${group}/${plural}/${namespace}/${name}`
  }

  get(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.#read(kind, (resource) => this.store.get(this.key(resource, namespace, name)))
  }

  list(kind: string, namespace?: string): readonly KubeObject[] {
    const place = namespace === undefined ? '' : `${namespace}/`
    return this.#read(kind, ({ group, plural }) => this.store.under(`${group}/${plural}/${place}`)) ?? []
  }

  create(resource: Resource, object: KubeObject, writing: Writing): KubeObject {
    const { name, namespace = '' } = object.metadata
    if (this.store.get(this.key(resource, namespace, name))) throw alreadyExists(resource, name)
    const owned = afterUpdate(undefined, this.#prepared(resource, this.#born(object)), this.#by(writing))
    return this.#commit(resource, { before: undefined, after: owned }, writing)
  }

  update(resource: Resource, object: KubeObject, writing: Writing): KubeObject {
    const { name, namespace = '', resourceVersion } = object.metadata
    const before = this.store.get(this.key(resource, namespace, name))
    if (!before) throw notFound(resource, name)
    if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion) {
      throw modified(resource, name)
    }
    const kept =
      writing.subresource === 'status' ? statusOnly(before, object) : withoutStatus(before, object, resource)
    const merged = this.#prepared(resource, withIdentity(before, kept))
    return this.#commit(resource, { before, after: afterUpdate(before, merged, this.#by(writing)) }, writing)
  }

  /** Server-side apply; makes the object when it is not there. */
  apply(resource: Resource, object: KubeObject, writing: Writing): KubeObject {
    const { name, namespace = '' } = object.metadata
    const before = this.store.get(this.key(resource, namespace, name))
    const live =
      before ?? this.#born({ apiVersion: object.apiVersion, kind: object.kind, metadata: identity(object) })
    const wanted = structuredClone(object)
    delete wanted['status']
    // The server's own fields cannot be claimed by anyone; a Secret's stringData is data before it is owned.
    if (wanted.kind === 'Secret') setDefaultsOfSecret(wanted)
    const { manager, force = false } = writing
    const merged = applyTo(live, wanted, { manager, force, now: this.timestamp() })
    return this.#commit(resource, { before, after: this.#prepared(resource, merged) }, writing)
  }

  delete(resource: Resource, object: KubeObject): void {
    const key = this.key(resource, object.metadata.namespace ?? '', object.metadata.name)
    const isHeld = (object.metadata.finalizers ?? []).length > 0 || resource.kind === 'Namespace'
    if (!isHeld) this.store.delete(key)
    else if (object.metadata.deletionTimestamp === undefined) {
      this.store.set(key, {
        ...object,
        metadata: { ...object.metadata, deletionTimestamp: this.timestamp() },
      })
    }
  }

  #builtIn(kind: string, apiVersion: string | undefined): Resource | undefined {
    return builtInResources.find((one) => isOf(one, kind, apiVersion))
  }

  #read<T>(kind: string, read: (resource: Resource) => T): T | undefined {
    const known = this.#builtIn(kind, undefined)
    if (known) return read(known)
    const resource = this.resources().find((one) => one.kind === kind)
    return resource === undefined ? undefined : read(resource)
  }

  #by({ manager, subresource }: Writing) {
    return { manager, now: this.timestamp(), ...(subresource === undefined ? {} : { subresource }) }
  }

  #born(object: KubeObject): KubeObject {
    const { resourceVersion: _, managedFields: __, ...metadata } = object.metadata
    const born = { ...metadata, uid: randomUUID(), creationTimestamp: this.timestamp(), generation: 1 }
    return { ...structuredClone(object), metadata: structuredClone(born) }
  }

  #prepared(resource: Resource, object: KubeObject): KubeObject {
    setDefaults(object)
    if (object.kind === 'Service') allocateAddress(object, this.list('Service'))
    const schema = this.#schemaOf(resource)
    if (schema !== undefined) pruneObject(object, schema)
    return object
  }

  #schemaOf({ group, plural, version }: Resource): unknown {
    const crd = this.store.get(`apiextensions.k8s.io/customresourcedefinitions//${plural}.${group}`)
    return crd && schemaOf(crd, version)
  }

  #commit(
    resource: Resource,
    { before, after }: { before: KubeObject | undefined; after: KubeObject },
    writing: Writing,
  ): KubeObject {
    admit(this, { resource, before, after, isStatus: writing.subresource === 'status' })
    validate(after, before, this.#schemaOf(resource))
    if (before && isSame(plain(before), plain(after))) return before
    const generation = before?.metadata.generation ?? 1
    const isNewSpec = before !== undefined && !isSame(desired(before), desired(after))
    const metadata = { ...after.metadata, generation: isNewSpec ? generation + 1 : generation }
    const next = { ...after, metadata }
    if (writing.dryRun) return next
    const key = this.key(resource, metadata.namespace ?? '', metadata.name)
    const isReleased = metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0
    const stored = this.store.set(key, next)
    if (isReleased && resource.kind !== 'Namespace') this.store.delete(key)
    return stored
  }
}

const isOf = ({ kind, group, version }: Resource, wanted: string, apiVersion?: string): boolean =>
  kind === wanted &&
  (apiVersion === undefined || (group === groupOf(apiVersion) && version === versionOf(apiVersion)))

function identity({ metadata: { name, namespace } }: KubeObject): KubeObject['metadata'] {
  return { name, ...(namespace === undefined ? {} : { namespace }) }
}

const statusOnly = (before: KubeObject, after: KubeObject): KubeObject => ({
  ...before,
  status: after['status'],
})

function withoutStatus(before: KubeObject, after: KubeObject, { hasStatus }: Resource): KubeObject {
  if (!hasStatus) return structuredClone(after)
  const { status: _, ...rest } = structuredClone(after)
  return {
    ...rest,
    apiVersion: after.apiVersion,
    kind: after.kind,
    metadata: structuredClone(after.metadata),
    ...(before['status'] === undefined ? {} : { status: before['status'] }),
  }
}

/** A client cannot change these; managedFields are the server's business. */
function withIdentity({ metadata: was }: KubeObject, after: KubeObject): KubeObject {
  const metadata = { ...after.metadata }
  for (const name of ['uid', 'creationTimestamp', 'generation', 'managedFields', 'deletionTimestamp']) {
    if (was[name] === undefined) delete metadata[name]
    else metadata[name] = was[name]
  }
  return { ...structuredClone(after), metadata: structuredClone(metadata) }
}

function setDefaultsOfSecret(object: KubeObject): void {
  const had = object['type'] !== undefined
  setDefaults(object)
  if (!had) delete object['type']
}

/** What counts as a change: ownership does, the time it was taken does not. */
function plain(object: KubeObject): unknown {
  const { managedFields = [], resourceVersion: _, ...metadata } = object.metadata
  return {
    ...object,
    metadata: { ...metadata, managedFields: managedFields.map(({ time: _time, ...rest }) => rest) },
  }
}

function desired({ metadata: _, status: __, ...rest }: KubeObject): unknown {
  return rest
}
