import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

export interface SwapArea {
  readonly kind: 'file' | 'device' | 'absent' | 'other'
  /** Bytes; of a device undefined. */
  readonly size: number | undefined
  readonly mode: number
  /** mkswap has been here. */
  readonly formatted: boolean
  readonly active: boolean
  /** Undefined when it is not active. */
  readonly priority: number | undefined
}

/** Files and devices to swap to, by path. The signature stands at the end of the first page of 4096 bytes. */
export default defineKeyedFact<SwapArea>({
  name: 'swap-area',
  summary: 'State of swap files and partitions.',
  script: (paths) => `for path in ${paths.map(quote).join(' ')}; do
  kind=absent size=- mode=0
  if [ -f "$path" ]; then kind=file; size=$(stat -L -c %s "$path"); mode=$(stat -L -c %a "$path")
  elif [ -b "$path" ]; then kind=device
  elif [ -e "$path" ]; then kind=other
  fi
  case $kind in
    file|device) mark=$(dd if="$path" bs=1 skip=4086 count=10 2>/dev/null | tr -d '\\000') ;;
    *) mark= ;;
  esac
  real=$(readlink -f "$path" 2>/dev/null)
  active=$(awk -v a="$path" -v b="$real" '$1 == a || $1 == b { print $5 }' /proc/swaps 2>/dev/null)
  printf '%s %s %s %s %s\\n' "$kind" "$size" "$mode" "\${mark:--}" "\${active:--}"
done`,
  reads: (path) => [{ kind: 'path', name: path }, { kind: 'mount' }],
  parse({ stdout }, paths) {
    const lines = stdout.split('\n')
    return paths.map((_path, i) => {
      const [kind, size, mode = '0', mark, active] = (lines[i] ?? '').split(' ')
      return {
        kind: kind === 'file' || kind === 'device' || kind === 'other' ? kind : 'absent',
        size: size === '-' ? undefined : Number(size),
        mode: Number.parseInt(mode, 8),
        formatted: mark === 'SWAPSPACE2',
        active: active !== '-',
        priority: active === '-' ? undefined : Number(active),
      }
    })
  },
})
