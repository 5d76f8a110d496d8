import { type Answer, lines } from '#doubles/answer.ts'
import type { Call, Command } from '#doubles/double.ts'
import { usedBytes } from './dataset-values.ts'
import { vdevBytes } from './pool-space.ts'
import { niceBytes } from './sizes.ts'
import { leavesOf } from './vdev-layout.ts'
import { type JsonStyle, jsonNumber, outputVersion } from './zfs-json.ts'
import type { Pool, Scan, Vdev, Zfs } from './zfs-state.ts'
import { chosenPools, poolHead } from './zpool-list.ts'
import { poolHealth, vdevHealth } from './zpool-properties.ts'

/** `zpool status`: zpool-status(8), cmd/zpool/zpool_main.c `print_status_config` and `vdev_stats_nvlist`. */
export const zpoolStatus: Command<Zfs> = {
  options: {
    '-x': 'flag',
    '-v': 'flag',
    '-P': 'flag',
    '-L': 'flag',
    '-p': 'flag',
    '-g': 'flag',
    '-s': 'flag',
    '-t': 'flag',
    '-i': 'flag',
    '-e': 'flag',
    '-D': 'flag',
    '-T': 'value',
    '-j --json': 'flag',
    '--json-int': 'flag',
    '--json-flat-vdevs': 'flag',
    '--json-pool-key-guid': 'flag',
  },
  run: (call): Answer => {
    const { options } = call
    const all = chosenPools(call)
    const pools = options.has('x') ? all.filter((pool) => !isWell(pool)) : all
    if (options.has('j')) return { stdout: json(call, pools) }
    if (all.length === 0) return { stdout: 'no pools available\n' }
    if (pools.length === 0) {
      const one =
        call.operands.length === 1 ? `pool '${call.operands[0]}' is healthy` : 'all pools are healthy'
      return { stdout: `${one}\n` }
    }
    return { stdout: pools.map((pool) => statusText(pool, options.has('P'))).join('\n') }
  },
}

const isWell = (pool: Pool): boolean =>
  poolHealth(pool) === 'ONLINE' &&
  leavesOf(pool.vdevs).every(({ errors: { read, write, checksum } }) => read + write + checksum === 0)

const offline = [
  'status: One or more devices has been taken offline by the administrator.',
  '\tSufficient replicas exist for the pool to continue functioning in a',
  '\tdegraded state.',
  "action: Online the device using 'zpool online' or replace the device with",
  "\t'zpool replace'.",
]
const repaired = [
  'status: One or more devices has experienced an unrecoverable error.  An',
  '\tattempt was made to correct the error.  Applications are unaffected.',
  'action: Determine if the device needs to be replaced, and clear the errors',
  "\tusing 'zpool clear' or replace the device with 'zpool replace'.",
  '   see: https://openzfs.github.io/openzfs-docs/msg/ZFS-8000-9P',
]

function statusText(pool: Pool, isFull: boolean): string {
  const well = isWell(pool) ? [] : poolHealth(pool) === 'ONLINE' ? repaired : offline
  const rows = [['NAME', 'STATE', 'READ', 'WRITE', 'CKSUM'], ...rowsOf(pool, isFull)]
  const width = Math.max(...rows.map(([name = '']) => name.length))
  return lines([
    `  pool: ${pool.name}`,
    ` state: ${poolHealth(pool)}`,
    ...well,
    ...(pool.scan ? [`  scan: ${scanText(pool.scan)}`] : []),
    'config:',
    '',
    ...rows.map((row) => configLine(row, width)),
    '',
    'errors: No known data errors',
  ])
}

/** `%*s%-*s  %-8s %5s %5s %5s` */
const configLine = ([name = '', state = '', ...counts]: readonly string[], width: number): string =>
  `\t${name.padEnd(width)}  ${state.padEnd(8)} ${counts.map((count) => count.padStart(5)).join(' ')}`.trimEnd()

function rowsOf(pool: Pool, isFull: boolean): string[][] {
  const normal = pool.vdevs.filter(({ kind }) => kind === 'normal')
  const rest = ['special', 'dedup', 'log', 'cache', 'spare'].flatMap((kind) => {
    const members = pool.vdevs.filter((vdev) => vdev.kind === kind)
    const heading = kind === 'log' ? 'logs' : kind === 'spare' ? 'spares' : kind
    return members.length > 0 ? [[heading], ...members.flatMap((vdev) => vdevRows(vdev, 1, isFull))] : []
  })
  const top = [pool.name, poolHealth(pool), '0', '0', '0']
  return [top, ...normal.flatMap((vdev) => vdevRows(vdev, 1, isFull)), ...rest]
}

function vdevRows(vdev: Vdev, depth: number, isFull: boolean): string[][] {
  const { read, write, checksum } = vdev.errors
  const health = vdev.kind === 'spare' ? 'AVAIL' : vdevHealth(vdev)
  const counts = vdev.kind === 'spare' ? [] : [read, write, checksum].map(String)
  const row = [`${'  '.repeat(depth)}${shortName(vdev, isFull)}`, health, ...counts]
  return [row, ...vdev.children.flatMap((child) => vdevRows(child, depth + 1, isFull))]
}

const shortName = ({ type, name }: Vdev, isFull: boolean): string =>
  isFull || type !== 'disk' ? name : (name.split('/').at(-1) ?? name)

function scanText({ startedAt, endedAt, errors, canceled }: Scan): string {
  if (canceled) return `scrub canceled on ${asctime(endedAt)}`
  const took = new Date((endedAt - startedAt) * 1000).toISOString().slice(11, 19)
  return `scrub repaired 0B in ${took} with ${errors} errors on ${asctime(endedAt)}`
}

/** ctime(3): `Sun Nov 29 00:41:53 2026`. */
const asctime = (second: number): string => {
  const [day, month, date, year, time] = new Date(second * 1000).toString().split(' ')
  return `${day} ${month} ${String(Number(date)).padStart(2)} ${time} ${year}`
}

function json({ state, options }: Call<Zfs>, pools: readonly Pool[]): string {
  const style = { isExact: options.has('p') || options.has('json-int'), asNumbers: options.has('json-int') }
  const all = pools.map((pool) => {
    const { type: _, ...head } = poolHead(state, pool, style)
    const root = rootJson(state, pool, style)
    const tree = options.has('json-flat-vdevs') ? flat(root) : { [pool.name]: root }
    const scan = pool.scan && scanJson(pool.scan, style)
    const body = {
      ...head,
      ...(scan && { scan_stats: scan }),
      vdevs: tree,
      error_count: jsonNumber('0', style),
    }
    return [options.has('json-pool-key-guid') ? pool.guid : pool.name, body] as const
  })
  return `${JSON.stringify({ output_version: outputVersion('zpool status'), pools: Object.fromEntries(all) })}\n`
}

interface VdevJson {
  readonly name: string
  readonly [key: string]: unknown
  readonly vdevs?: Readonly<Record<string, VdevJson>>
}

function rootJson(state: Zfs, pool: Pool, style: JsonStyle): VdevJson {
  const root = state.datasets[pool.name]
  const size = style.isExact ? String : (bytes: number) => niceBytes(bytes)
  const total = pool.vdevs.reduce((sum, vdev) => sum + vdevBytes(vdev), 0)
  return {
    name: pool.name,
    vdev_type: 'root',
    guid: jsonNumber(pool.guid, style),
    class: 'normal',
    state: poolHealth(pool),
    alloc_space: jsonNumber(size(root ? usedBytes(state, root) : 0), style),
    total_space: jsonNumber(size(total), style),
    def_space: jsonNumber(size(total), style),
    ...counts({ read: 0, write: 0, checksum: 0 }, style),
    vdevs: Object.fromEntries(pool.vdevs.map((vdev) => [shortName(vdev, false), vdevJson(vdev, style)])),
  }
}

function vdevJson(vdev: Vdev, style: JsonStyle): VdevJson {
  const size = style.isExact ? String : (bytes: number) => niceBytes(bytes)
  return {
    name: shortName(vdev, false),
    vdev_type: vdev.type,
    guid: jsonNumber(vdev.guid, style),
    ...(vdev.children.length === 0 && { path: vdev.name }),
    class: vdev.kind,
    state: vdevHealth(vdev),
    total_space: jsonNumber(size(vdevBytes(vdev)), style),
    ...counts(vdev.errors, style),
    ...(vdev.children.length > 0 && {
      vdevs: Object.fromEntries(
        vdev.children.map((child) => [shortName(child, false), vdevJson(child, style)]),
      ),
    }),
  }
}

const counts = ({ read, write, checksum }: Vdev['errors'], style: JsonStyle) => ({
  read_errors: jsonNumber(String(read), style),
  write_errors: jsonNumber(String(write), style),
  checksum_errors: jsonNumber(String(checksum), style),
})

function flat({ vdevs = {}, ...own }: VdevJson): Readonly<Record<string, object>> {
  return Object.assign({ [own.name]: own }, ...Object.values(vdevs).map(flat))
}

function scanJson(scan: Scan, style: JsonStyle): object {
  const at = (second: number) => (style.isExact ? jsonNumber(String(second), style) : asctime(second))
  const size = style.isExact ? String(scan.examined) : niceBytes(scan.examined)
  return {
    function: 'SCRUB',
    state: scan.canceled ? 'CANCELED' : 'FINISHED',
    start_time: at(scan.startedAt),
    end_time: at(scan.endedAt),
    to_examine: jsonNumber(size, style),
    examined: jsonNumber(size, style),
    skipped: jsonNumber(style.isExact ? '0' : '0B', style),
    processed: jsonNumber(style.isExact ? '0' : '0B', style),
    errors: jsonNumber(String(scan.errors), style),
  }
}
