type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** An object without its undefined fields, for where "not given" and "undefined" differ. */
export function given<T extends object>(fields: T): Given<T> {
  // Exactly the undefined fields are left out, which is what the type says.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
}
