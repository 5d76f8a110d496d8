/** `500ms`, `2s`, `1m`; NaN for what is no time. */
export function milliseconds(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? []
  const factors: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }
  return Number(digits || Number.NaN) * (factors[unit] ?? Number.NaN)
}

/** Whole seconds of `90s`, `10m`, `5h`, `3d`; NaN for what is no time. */
export function seconds(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  const factors: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }
  return Number(digits || Number.NaN) * (factors[unit] ?? Number.NaN)
}
