import { datasetValue, readable } from './dataset-values.ts'
import { type Dataset, poolOf, type Zfs } from './zfs-state.ts'

/** The `-j` of OpenZFS 2.3: zfs-list(8) and zpool-status(8), "EXAMPLES". */
export const outputVersion = (command: string) => ({ command, vers_major: 0, vers_minor: 1 })

export interface JsonStyle {
  /** Numbers in full. */
  readonly isExact: boolean
  /** Numbers as such and not as text. */
  readonly asNumbers: boolean
}

export const jsonNumber = (text: string, { asNumbers }: JsonStyle): string | number =>
  asNumbers && /^\d+$/.test(text) ? Number(text) : text

export function datasetJson(
  state: Zfs,
  dataset: Dataset,
  properties: readonly string[],
  style: JsonStyle,
): object {
  const values = properties.flatMap((name) => {
    const value = datasetValue(state, dataset, name)
    if (!value) return []
    const text = style.isExact ? value.exact : readable(name, value.exact)
    return [[name, { value: jsonNumber(text, style), source: jsonSource(value.source) }] as const]
  })
  return {
    name: dataset.name,
    type: dataset.type.toUpperCase(),
    pool: poolOf(dataset.name),
    ...(dataset.type === 'snapshot' && {
      dataset: dataset.name.split('@')[0],
      snapshot_name: dataset.name.split('@')[1],
    }),
    createtxg: jsonNumber(String(dataset.txg), style),
    properties: Object.fromEntries(values),
  }
}

export function jsonSource(source: string): { readonly type: string; readonly data: string } {
  if (source.startsWith('inherited from ')) return { type: 'INHERITED', data: source.slice(15) }
  if (source === '-') return { type: 'NONE', data: '-' }
  return { type: source.toUpperCase(), data: '-' }
}
