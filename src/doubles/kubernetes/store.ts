import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { at, fieldsOf, listOf, numberOf } from '../json.ts'
import { isKubeObject, type KubeObject } from './kube-object.ts'

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly key: string
  readonly object: KubeObject
  readonly revision: number
}

/** How many events a watch may look back; older ones are gone, as compacted ones are in etcd. */
const remembered = 1000

/** Objects under keys, with one revision that counts all changes, as etcd has; kept in a file when there is one. */
export class Store {
  /** By group and plural, then by the whole key. */
  readonly #buckets = new Map<string, Map<string, KubeObject>>()
  readonly #listeners = new Set<(event: StoreEvent) => void>()
  readonly #file: string | undefined
  #events: StoreEvent[] = []
  #revision = 1
  #pending: NodeJS.Immediate | undefined

  constructor(file?: string) {
    this.#file = file
    if (file !== undefined) this.#load(file)
  }

  get revision(): number {
    return this.#revision
  }

  get(key: string): KubeObject | undefined {
    return this.#bucket(key).get(key)
  }

  under(prefix: string): readonly KubeObject[] {
    const found = [...this.#bucket(prefix)].filter(([key]) => key.startsWith(prefix))
    return found.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
  }

  set(key: string, object: KubeObject): KubeObject {
    this.#revision += 1
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } }
    const type = this.#bucket(key).has(key) ? 'MODIFIED' : 'ADDED'
    this.#bucket(key).set(key, stored)
    this.#tell({ type, key, object: stored, revision: this.#revision })
    return stored
  }

  delete(key: string): void {
    const object = this.get(key)
    if (!object) return
    this.#revision += 1
    this.#bucket(key).delete(key)
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } }
    this.#tell({ type: 'DELETED', key, object: last, revision: this.#revision })
  }

  /** Events after a revision; undefined when they are no longer known. */
  since(revision: number): readonly StoreEvent[] | undefined {
    const [oldest] = this.#events
    if (oldest && this.#events.length >= remembered && revision < oldest.revision - 1) return undefined
    return this.#events.filter((event) => event.revision > revision)
  }

  listen(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Writes what is not written yet. */
  flush(): void {
    clearImmediate(this.#pending)
    this.#pending = undefined
    if (this.#file === undefined) return
    const objects = Object.fromEntries([...this.#buckets.values()].flatMap((bucket) => [...bucket]))
    writeFileSync(`${this.#file}.new`, JSON.stringify({ revision: this.#revision, objects }), { mode: 0o600 })
    renameSync(`${this.#file}.new`, this.#file)
  }

  #bucket(key: string): Map<string, KubeObject> {
    const name = key.split('/', 2).join('/')
    const bucket = this.#buckets.get(name) ?? new Map<string, KubeObject>()
    this.#buckets.set(name, bucket)
    return bucket
  }

  #tell(event: StoreEvent): void {
    this.#events.push(event)
    if (this.#events.length > remembered * 2) this.#events = this.#events.slice(-remembered)
    this.#pending ??= setImmediate(() => this.flush())
    for (const listener of this.#listeners) listener(event)
  }

  #load(file: string): void {
    const text = readIfThere(file)
    if (text === undefined) return
    const saved: unknown = JSON.parse(text)
    this.#revision = numberOf(at(saved, 'revision'), 1)
    for (const [key, object] of Object.entries(fieldsOf(at(saved, 'objects')))) {
      if (isKubeObject(object)) this.#bucket(key).set(key, object)
    }
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

export const hasCondition = (object: unknown, type: string, status = 'True'): boolean =>
  listOf(at(object, 'status', 'conditions')).some(
    (condition) => at(condition, 'type') === type && at(condition, 'status') === status,
  )
