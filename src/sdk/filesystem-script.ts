import { type Script, sh } from './quote.ts'

/** As wipefs(8) and blkid(8) call them. */
export const fsTypes = ['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'vfat', 'f2fs'] as const

export type FsType = (typeof fsTypes)[number]

/** None of the programs is told to overwrite: what they find and refuse stays. */
export function makeScript(type: FsType, dev: string, options: readonly string[]): Script {
  if (isExt(type)) return sh`${`mkfs.${type}`} -q ${options} -- ${dev} </dev/null`
  if (type === 'vfat') return sh`mkfs.vfat ${options} ${dev} >/dev/null`
  return sh`${`mkfs.${type}`} -q ${options} ${dev}`
}

/** Prints the number of blocks and their size; undefined for file systems that do not grow. */
export function sizeScript(type: FsType, dev: string): Script | undefined {
  if (isExt(type)) {
    return sh`dumpe2fs -h ${dev} 2>/dev/null | awk -F: '/^Block count/ { n = $2 } /^Block size/ { s = $2 } END { print n, s }'`
  }
  if (type === 'xfs') {
    return sh`xfs_info ${dev} 2>/dev/null | sed -n 's/^data .*bsize=\\([0-9]*\\) *blocks=\\([0-9]*\\),.*/\\2 \\1/p'`
  }
  if (type === 'btrfs') {
    return sh`btrfs inspect-internal dump-super ${dev} 2>/dev/null | awk '/^dev_item.total_bytes/ { print $2, 1 }'`
  }
  return undefined
}

/** ext grows mounted or not; before it grows unmounted it wants to be checked. xfs and btrfs must be mounted. */
export function growScript(type: FsType, dev: string): Script {
  if (!isExt(type)) {
    const grow =
      type === 'xfs' ? sh`xfs_growfs "$m" >/dev/null` : sh`btrfs filesystem resize max "$m" >/dev/null`
    return sh`m=$(findmnt -nfo TARGET -S ${dev}) || { echo 'The file system must be mounted to grow.' >&2; exit 1; }
${grow}`
  }
  return sh`if ! findmnt -nfo TARGET -S ${dev} >/dev/null; then e2fsck -fp ${dev} >/dev/null; [ "$?" -lt 4 ] || exit 1; fi
resize2fs ${dev} >/dev/null 2>&1`
}

const isExt = (type: FsType): boolean => type.startsWith('ext')
