/** How the keys of an object are found when they are asked for. */
export interface LazyKeys {
  keys(): readonly string[]
  has(key: string): boolean
  get(key: string): unknown
}

/**
 * An object without a prototype whose values are made when they are read: expressions and templates see an
 * ordinary mapping. It cannot be written.
 */
export function lazyObject(lazy: LazyKeys): unknown {
  return new Proxy(Object.create(null), {
    has: (_, key) => typeof key === 'string' && lazy.has(key),
    get: (_, key) => (typeof key === 'string' && lazy.has(key) ? lazy.get(key) : undefined),
    ownKeys: () => [...lazy.keys()],
    getOwnPropertyDescriptor: (_, key) =>
      typeof key === 'string' && lazy.has(key)
        ? { value: lazy.get(key), enumerable: true, configurable: true, writable: false }
        : undefined,
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  })
}
