import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'
import { linesOf } from '#sdk/sections.ts'

/** A device or a file that stands for one. */
export interface BlockDevice {
  readonly path: string
  readonly kind: 'block' | 'file' | 'other' | 'absent'
  /** With links resolved: `/dev/sda1`. */
  readonly real: string
  /** Bytes. */
  readonly size: number
  /** What wipefs(8) finds on it: `ext4`, `gpt`, `LVM2_member`, `zfs_member`; several when they overlap. */
  readonly signatures: readonly string[]
  /** False: nothing could tell what is on it. */
  readonly known: boolean
}

/** Devices by path, and what is on them. */
export default defineKeyedFact<BlockDevice>({
  name: 'block-device',
  summary: 'Block devices by path, with the file systems and tables on them.',
  script: (paths) => `for p in ${paths.map(quote).join(' ')}; do
  size=0
  if [ -b "$p" ]; then kind=block; size=$(blockdev --getsize64 "$p" 2>/dev/null)
  elif [ -f "$p" ]; then kind=file; size=$(stat -L -c %s -- "$p")
  elif [ -e "$p" ]; then kind=other
  else kind=absent
  fi
  printf '\\036%s %s %s\\n' "$kind" "\${size:-0}" "$(readlink -f -- "$p" || printf %s "$p")"
  case $kind in block|file) wipefs -n -i -O TYPE -- "$p" 2>/dev/null || echo '?' ;; esac
done`,
  reads: (path) => [{ kind: 'storage' }, { kind: 'path', name: path }, { kind: 'mount' }],
  parse({ stdout }, paths) {
    const parts = stdout.split('\x1e').slice(1)
    return paths.map((path, i) => {
      const [first = '', ...types] = linesOf(parts[i] ?? '')
      const [, kind, size, real] = /^(\w+) (\d+) (.*)$/.exec(first) ?? []
      return {
        path,
        kind: kind === 'block' || kind === 'file' || kind === 'other' ? kind : 'absent',
        real: real ?? path,
        size: Number(size ?? 0),
        signatures: [...new Set(types.map((type) => type.trim()))].filter((type) => type !== '?'),
        known: !types.includes('?'),
      }
    })
  },
})
