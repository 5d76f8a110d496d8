import { defineFact } from '#sdk/fact.ts'
import { parseMountTable } from '#sdk/mount-table.ts'
import { linesOf, sections } from '#sdk/sections.ts'

export interface MountFact {
  readonly mount: string
  readonly device: string
  readonly fstype: string
  readonly options: string
  /** Bytes; 0 for file systems that keep none. */
  readonly size_total: number
  readonly size_available: number
}

/**
 * `df` waits for ever for a network file system whose server is gone, so only local ones are measured.
 * Pseudo file systems are left out.
 */
const script = String.raw`LC_ALL=C; export LC_ALL
printf '\036mounts\n'; cat /proc/self/mounts
printf '\036df\n'
set --
while read -r device point type rest; do
  case $type in
    ext*|xfs|btrfs|zfs|vfat|exfat|ntfs*|f2fs|overlay|tmpfs|iso9660|squashfs|udf|bcachefs|jfs|reiserfs) ;;
    *) continue ;;
  esac
  set -- "$@" "$(printf '%b' "$point")"
done </proc/self/mounts
[ $# = 0 ] || df -Pk "$@" 2>/dev/null
:`

export default defineFact<readonly MountFact[]>({
  name: 'mounts',
  summary: 'Mounted file systems with their sizes.',
  script,
  reads: [{ kind: 'mount' }],
  parse({ stdout }) {
    const parts = sections(stdout)
    const sizes = new Map(
      linesOf(parts.get('df') ?? '')
        .slice(1)
        .flatMap(sizeOf),
    )
    return parseMountTable(parts.get('mounts') ?? '').flatMap(({ source, path, fstype, options }) => {
      const size = sizes.get(path)
      if (!size && !source.startsWith('/') && !/^(nfs|cifs|fuse[.])/.test(fstype)) return []
      const { total = 0, available = 0 } = size ?? {}
      return [{ mount: path, device: source, fstype, options, size_total: total, size_available: available }]
    })
  },
})

/** The mount point is the last column and may hold spaces, the device as well: hence from the percent sign. */
function sizeOf(line: string): readonly (readonly [string, { total: number; available: number }])[] {
  const match = /\s(\d+)\s+(\d+)\s+(-?\d+)\s+[\d-]+%?\s+(\/.*)$/.exec(line)
  if (!match) return []
  const [, total, , available, path = ''] = match
  return [[path, { total: Number(total) * 1024, available: Math.max(0, Number(available)) * 1024 }]]
}
