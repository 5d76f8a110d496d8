/** All members of both. `Set.prototype.union` is newer than the library we compile against. */
export function union<T>(left: ReadonlySet<T>, right: ReadonlySet<T>): ReadonlySet<T> {
  return right.size === 0 ? left : new Set([...left, ...right])
}

/** The members that both have. */
export function intersection<T>(left: ReadonlySet<T>, right: ReadonlySet<T>): ReadonlySet<T> {
  return new Set([...left].filter((one) => right.has(one)))
}
