import { refuse } from '#doubles/answer.ts'
import { fullName, isUserProperty, type PropertyRow, propertyRow } from './dataset-properties.ts'
import { parseSize } from './sizes.ts'
import type { DatasetType } from './zfs-state.ts'

/**
 * Checks a property that shall be set, as `zfs_valid_proplist` of lib/libzfs/libzfs_dataset.c does, and gives its
 * name in full and its value as `get -p` prints it. `action` begins the message: `cannot create 'tank/a'`.
 */
export function checkedSetting(
  text: string,
  { type, isNew, action }: { readonly type: DatasetType; readonly isNew: boolean; readonly action: string },
): readonly [string, string] {
  const [name = '', ...rest] = text.split('=')
  const value = rest.join('=')
  if (rest.length === 0) refuse(2, `missing '=' for property=value argument`)
  if (isUserProperty(name)) return [name, value]
  const row = propertyRow(name)
  const fail = (why: string): never => refuse(1, `${action}: ${why}`)
  if (!row) return fail(`invalid property '${name}'`)
  if (row.access === 'ro' || (row.access === 'once' && !isNew)) return fail(`'${row.name}' is readonly`)
  if (!row.on.includes(type)) return fail(`'${row.name}' does not apply to datasets of this type`)
  return [fullName(name), normal(row, value, fail)]
}

function normal(row: PropertyRow, value: string, fail: (why: string) => never): string {
  if (row.name === 'mountpoint') return mountpoint(value, fail)
  if (row.value === 'text') return value
  if (row.value === 'size' || row.value === 'number') return size(row, value, fail)
  if (!row.value.includes(value)) fail(`'${row.name}' must be one of '${oneOf(row)}'`)
  return synonyms[value] ?? value
}

const synonyms: Readonly<Record<string, string>> = { posixacl: 'posix', noacl: 'off' }

/** How messages shorten the long lists. */
const oneOf = ({ name, value }: PropertyRow): string => {
  if (name === 'compression') {
    return 'on | off | lzjb | gzip | gzip-[1-9] | zle | lz4 | zstd | zstd-[1-19] | zstd-fast | zstd-fast-[1-10,20,30,40,50,60,70,80,90,100,500,1000]'
  }
  return typeof value === 'string' ? value : value.join(' | ')
}

function mountpoint(value: string, fail: (why: string) => never): string {
  if (value !== 'none' && value !== 'legacy' && !value.startsWith('/')) {
    fail(`'mountpoint' must be an absolute path, 'none', or 'legacy'`)
  }
  return value.length > 1 ? value.replace(/\/+$/, '') : value
}

function size(row: PropertyRow, value: string, fail: (why: string) => never): string {
  const isNone = value === 'none' && !/block|record|volsize/.test(row.name)
  if (isNone) return row.name.endsWith('_limit') ? '18446744073709551615' : '0'
  const bytes = parseSize(value)
  if (bytes === undefined) return fail(`bad numeric value '${value}'`)
  const isPower = bytes >= 512 && bytes <= 16 * 1024 ** 2 && Number.isInteger(Math.log2(bytes))
  if (row.name === 'recordsize' && !isPower) fail(`'recordsize' must be power of 2 from 512B to 16M`)
  const isBlock = isPower && bytes <= 128 * 1024
  if (row.name === 'volblocksize' && !isBlock) fail(`'volblocksize' must be power of 2 from 512B to 128K`)
  return String(bytes)
}
