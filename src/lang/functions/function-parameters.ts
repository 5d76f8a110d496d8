export interface Parameters {
  readonly names: readonly string[]
  readonly least: number
  /** Infinity when one may repeat. */
  readonly most: number
}

const known = new Map<string, Parameters>()

/** What a signature such as `join(list, separator?)` asks for. */
export function parametersOf(signature: string): Parameters {
  const cached = known.get(signature)
  if (cached) return cached
  const inside = /\((.*)\)/.exec(signature)?.[1] ?? ''
  const written = inside === '' ? [] : inside.split(/,\s*/)
  const parameters = {
    names: written.map((one) => one.replace(/[?…]+$/, '')),
    least: written.filter((one) => !/[?…]$/.test(one)).length,
    most: written.some((one) => one.endsWith('…')) ? Number.POSITIVE_INFINITY : written.length,
  }
  known.set(signature, parameters)
  return parameters
}
