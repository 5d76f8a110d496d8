const units = ['', 'K', 'M', 'G', 'T', 'P', 'E']

/** `zfs_nicebytes`: three digits and a unit of 1024. libzfs, libzutil/zutil_nicenum.c. */
export function niceBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`
  return niceNumber(bytes)
}

export function niceNumber(value: number): string {
  const index = value < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  const scaled = value / 1024 ** index
  const unit = units[index] ?? ''
  if (Number.isInteger(scaled)) return `${scaled}${unit}`
  const digits = [2, 1, 0].find((count) => scaled.toFixed(count).length <= 5 - (count === 0 ? 0 : 1)) ?? 0
  return `${scaled.toFixed(digits)}${unit}`
}

/** `zfs_nicestrtonum`: a number with a unit of 1024, as in `1.5G`, `512`, `10MB`; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGTPE]?)(?:i?B)?$/i.exec(text)
  if (!match) return undefined
  const [, digits = '', unit = ''] = match
  return Math.floor(Number(digits) * 1024 ** units.indexOf(unit.toUpperCase()))
}
