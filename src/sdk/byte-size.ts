const units = 'BKMGTPE'

/** `512`, `10G`, `1.5 TiB`, `2MB`: what a size may look like. */
export const byteSizePattern = '^\\d+(\\.\\d+)?\\s*([BbKkMmGgTtPpEe](i?[Bb])?)?$'

/** Bytes of a size in powers of 1024, as ZFS, LVM and QEMU count; undefined when it is no size. */
export function bytesOf(size: string): number | undefined {
  const [, digits, unit = 'B'] =
    /^(\d+(?:\.\d+)?)\s*([BKMGTPE])?(?:I?B)?$/.exec(size.trim().toUpperCase()) ?? []
  return digits === undefined ? undefined : Math.round(Number(digits) * 1024 ** units.indexOf(unit))
}

/** For messages: `4.0 GiB`. */
export function byteText(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1)
  return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}iB`
}
