import { refuse } from '#doubles/answer.ts'
import type { Options } from '#doubles/options.ts'
import { parseSize } from './lvm-size.ts'
import { freeExtents, groupExtents, invalid, type Lvm, type VolumeGroup } from './lvm-state.ts'

export interface Amount {
  readonly sign: '' | '+' | '-'
  /** Whole extents, in bytes. */
  readonly bytes: number
}

/** `-L 10g`, `-L +10g`, `-l 100`, `-l 50%VG`, `-l +100%FREE`: lvcreate(8). Sizes are rounded up to extents. */
export function amountOf(state: Lvm, group: VolumeGroup, options: Options): Amount | undefined {
  const [size, extents] = [options.text('L'), options.text('l')]
  if (size !== undefined && extents !== undefined)
    refuse(invalid, '  Only one of --size and --extents may be used.')
  if (size !== undefined) {
    const { sign, rest } = signed(size)
    const bytes = parseSize(rest, '--size')
    if (bytes === 0 && sign === '') refuse(invalid, '  Zero is not a size.')
    return { sign, bytes: Math.ceil(bytes / group.extent) * group.extent }
  }
  if (extents === undefined) return undefined
  const { sign, rest } = signed(extents)
  return { sign, bytes: extentCount(state, group, rest) * group.extent }
}

function signed(text: string): { readonly sign: Amount['sign']; readonly rest: string } {
  if (text.startsWith('+')) return { sign: '+', rest: text.slice(1) }
  return text.startsWith('-') ? { sign: '-', rest: text.slice(1) } : { sign: '', rest: text }
}

function extentCount(state: Lvm, group: VolumeGroup, text: string): number {
  const match = /^(\d+)(?:%(VG|FREE|PVS))?$/i.exec(text)
  if (!match)
    return refuse(
      invalid,
      `  Invalid argument for --extents: ${text}\n  Error during parsing of command line.`,
    )
  const count = Number(match[1])
  const of = match[2]?.toUpperCase()
  if (of === undefined) return count
  const base = of === 'FREE' ? freeExtents(state, group) : groupExtents(state, group)
  return Math.floor((base * count) / 100)
}
