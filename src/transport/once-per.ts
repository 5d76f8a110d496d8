/** Gives what was made for this key before, or makes it now. */
export function oncePer<K, V extends object>(made: Map<K, V>, key: K, make: () => V): V {
  const present = made.get(key)
  if (present !== undefined) return present
  const value = make()
  made.set(key, value)
  return value
}
