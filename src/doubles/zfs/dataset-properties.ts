import type { DatasetType } from './zfs-state.ts'

/**
 * The properties of datasets: module/zcommon/zfs_prop.c of OpenZFS 2.3 and zfsprops(7).
 * `once` are set at creation alone, `ro` never; what is not inherited has its default or its own value.
 */
export interface PropertyRow {
  readonly name: string
  readonly on: readonly DatasetType[]
  readonly access: 'rw' | 'once' | 'ro'
  readonly inherits: boolean
  /** As `get -p` prints it; undefined for what has none. */
  readonly default?: string
  /** Text for one of them, a size for 'size', a whole number for 'number', anything for 'text'. */
  readonly value: readonly string[] | 'size' | 'number' | 'text'
}

const onOff = ['on', 'off']
const fs: readonly DatasetType[] = ['filesystem']
const vol: readonly DatasetType[] = ['volume']
const both: readonly DatasetType[] = ['filesystem', 'volume']
const every: readonly DatasetType[] = ['filesystem', 'volume', 'snapshot']
const fsSnap: readonly DatasetType[] = ['filesystem', 'snapshot']

const compressions = [
  ...['on', 'off', 'lzjb', 'gzip', 'zle', 'lz4', 'zstd', 'zstd-fast'],
  ...Array.from({ length: 9 }, (_, i) => `gzip-${i + 1}`),
  ...Array.from({ length: 19 }, (_, i) => `zstd-${i + 1}`),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 500, 1000].map(
    (n) => `zstd-fast-${n}`,
  ),
]
const checksums = [
  'on',
  'off',
  'fletcher2',
  'fletcher4',
  'sha256',
  'sha512',
  'skein',
  'edonr',
  'blake3',
  'noparity',
]
const dedups = [
  'on',
  'off',
  'verify',
  ...['sha256', 'sha512', 'skein', 'blake3'].flatMap((n) => [n, `${n},verify`]),
]
const encryptions = [...onOff, ...['128', '192', '256'].flatMap((n) => [`aes-${n}-ccm`, `aes-${n}-gcm`])]

const ro = (name: string, on = every): PropertyRow => ({
  name,
  on,
  access: 'ro',
  inherits: false,
  value: 'text',
})
const own = (
  name: string,
  on: readonly DatasetType[],
  value: PropertyRow['value'],
  given: string,
): PropertyRow => ({
  name,
  on,
  access: 'rw',
  inherits: false,
  value,
  default: given,
})
const rw = (
  name: string,
  on: readonly DatasetType[],
  value: PropertyRow['value'],
  given: string,
): PropertyRow => ({
  ...own(name, on, value, given),
  inherits: true,
})
const once = (row: PropertyRow): PropertyRow => ({ ...row, access: 'once' })

/** In the order in which `zfs get all` prints them. */
export const datasetProperties: readonly PropertyRow[] = [
  ...['type', 'creation', 'used'].map((name) => ro(name)),
  ro('available', both),
  ...['referenced', 'compressratio'].map((name) => ro(name)),
  ro('mounted', fs),
  ro('origin', both),
  own('quota', fs, 'size', '0'),
  own('reservation', both, 'size', '0'),
  own('volsize', ['volume', 'snapshot'], 'size', ''),
  once(own('volblocksize', vol, 'size', '16384')),
  rw('recordsize', fs, 'size', '131072'),
  rw('mountpoint', fs, 'text', ''),
  rw('sharenfs', fs, 'text', 'off'),
  rw('checksum', both, checksums, 'on'),
  rw('compression', both, compressions, 'on'),
  rw('atime', fs, onOff, 'on'),
  rw('devices', fsSnap, onOff, 'on'),
  rw('exec', fsSnap, onOff, 'on'),
  rw('setuid', fsSnap, onOff, 'on'),
  rw('readonly', both, onOff, 'off'),
  rw('zoned', fs, onOff, 'off'),
  rw('snapdir', fs, ['hidden', 'visible', 'disabled'], 'hidden'),
  rw('aclmode', fs, ['discard', 'groupmask', 'passthrough', 'restricted'], 'discard'),
  rw('aclinherit', fs, ['discard', 'noallow', 'restricted', 'passthrough', 'passthrough-x'], 'restricted'),
  ro('createtxg'),
  own('canmount', fs, ['on', 'off', 'noauto'], 'on'),
  rw('xattr', fsSnap, ['on', 'off', 'dir', 'sa'], 'sa'),
  rw('copies', both, ['1', '2', '3'], '1'),
  ro('version', fsSnap),
  once(own('utf8only', fsSnap, onOff, 'off')),
  once(own('normalization', fsSnap, ['none', 'formC', 'formD', 'formKC', 'formKD'], 'none')),
  once(own('casesensitivity', fsSnap, ['sensitive', 'insensitive', 'mixed'], 'sensitive')),
  rw('vscan', fs, onOff, 'off'),
  rw('nbmand', fsSnap, onOff, 'off'),
  rw('sharesmb', fs, 'text', 'off'),
  own('refquota', fs, 'size', '0'),
  own('refreservation', both, 'size', '0'),
  ro('guid'),
  rw('primarycache', every, ['none', 'metadata', 'all'], 'all'),
  rw('secondarycache', every, ['none', 'metadata', 'all'], 'all'),
  ...['usedbysnapshots', 'usedbydataset', 'usedbychildren', 'usedbyrefreservation'].map((name) =>
    ro(name, both),
  ),
  rw('logbias', both, ['latency', 'throughput'], 'latency'),
  ro('objsetid'),
  rw('dedup', both, dedups, 'off'),
  rw('mlslabel', every, 'text', 'none'),
  rw('sync', both, ['standard', 'always', 'disabled'], 'standard'),
  rw('dnodesize', fs, ['legacy', 'auto', '1k', '2k', '4k', '8k', '16k'], 'legacy'),
  ...['refcompressratio', 'written', 'logicalused', 'logicalreferenced'].map((name) => ro(name)),
  rw('volmode', vol, ['default', 'full', 'geom', 'dev', 'none'], 'default'),
  own('filesystem_limit', fs, 'number', '18446744073709551615'),
  own('snapshot_limit', both, 'number', '18446744073709551615'),
  rw('snapdev', both, ['hidden', 'visible'], 'hidden'),
  rw('acltype', fsSnap, ['off', 'nfsv4', 'posix', 'posixacl', 'noacl'], 'off'),
  rw('relatime', fs, onOff, 'on'),
  rw('redundant_metadata', both, ['all', 'most', 'some', 'none'], 'all'),
  rw('overlay', fs, onOff, 'on'),
  once(rw('encryption', every, encryptions, 'off')),
  rw('keylocation', both, 'text', 'none'),
  once(rw('keyformat', both, ['none', 'raw', 'hex', 'passphrase'], 'none')),
  once(rw('pbkdf2iters', both, 'number', '0')),
  rw('special_small_blocks', fs, 'size', '0'),
  rw('prefetch', both, ['none', 'metadata', 'all'], 'all'),
  rw('direct', fs, ['standard', 'always', 'disabled'], 'standard'),
  rw('longname', fs, onOff, 'off'),
  ro('userrefs', ['snapshot']),
  ro('defer_destroy', ['snapshot']),
]

/** Short names that `zfs get` and `zfs list` know besides. */
const aliases: Readonly<Record<string, string>> = {
  avail: 'available',
  refer: 'referenced',
  ratio: 'compressratio',
  compress: 'compression',
  refratio: 'refcompressratio',
  recsize: 'recordsize',
  volblock: 'volblocksize',
  lused: 'logicalused',
  lrefer: 'logicalreferenced',
  rdonly: 'readonly',
  usedsnap: 'usedbysnapshots',
  usedds: 'usedbydataset',
  usedchild: 'usedbychildren',
  usedrefreserv: 'usedbyrefreservation',
  refreserv: 'refreservation',
  reserv: 'reservation',
}

const byName = new Map(datasetProperties.map((row) => [row.name, row]))

export const fullName = (name: string): string => aliases[name] ?? name
export const propertyRow = (name: string): PropertyRow | undefined => byName.get(fullName(name))

/** A user's own property has a colon in its name. zfsprops(7), "User Properties". */
export const isUserProperty = (name: string): boolean => /^[a-z0-9:+._-]*:[a-z0-9:+._-]*$/.test(name)
