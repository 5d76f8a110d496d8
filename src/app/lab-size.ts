/** `100K`, `1M`, in units of 1000; NaN for what is no size. */
export function bytes(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([KMG]?)$/i.exec(text) ?? []
  const value = Number(digits || Number.NaN) * 1000 ** ' KMG'.indexOf(unit.toUpperCase() || ' ')
  return value > 0 ? Math.ceil(value) : Number.NaN
}
