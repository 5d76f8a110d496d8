/**
 * Counts a promise as handled. A module may ask several things and stop at the first that fails; the others fail as
 * well, and nobody waits for them any more. Whoever does wait still sees the failure.
 */
export function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
