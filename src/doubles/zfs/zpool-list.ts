import { type Answer, refuse } from '#doubles/answer.ts'
import type { Call, Command } from '#doubles/double.ts'
import { type Align, tabbed, table } from '#doubles/table.ts'
import { type JsonStyle, jsonNumber, jsonSource, outputVersion } from './zfs-json.ts'
import { openPools, type Pool, poolNamed, type Zfs } from './zfs-state.ts'
import {
  checkedPoolSetting,
  poolHealth,
  poolProperties,
  poolProperty,
  poolValue,
  readablePoolValue,
} from './zpool-properties.ts'

const usual =
  'name,size,allocated,free,checkpoint,expandsize,fragmentation,capacity,dedupratio,health,altroot'

/** `zpool list`: zpool-list(8). */
export const zpoolList: Command<Zfs> = {
  options: {
    '-H': 'flag',
    '-p': 'flag',
    '-v': 'flag',
    '-g': 'flag',
    '-L': 'flag',
    '-P': 'flag',
    '-o': 'value',
    '-T': 'value',
    '-j --json': 'flag',
    '--json-int': 'flag',
    '--json-pool-key-guid': 'flag',
  },
  run: (call): Answer => {
    const { state, options } = call
    const names = (options.text('o') ?? usual).split(',')
    requireProperties(names.filter((name) => name !== 'name'))
    const pools = chosenPools(call)
    if (options.has('j')) return { stdout: json(call, pools, names) }
    if (pools.length === 0) return { stdout: 'no pools available\n' }
    const rows = pools.map((pool) => names.map((name) => cellOf(state, pool, name, options.has('p'))))
    if (options.has('H')) return { stdout: tabbed(rows) }
    return { stdout: table([names.map(title), ...rows], names.map(alignOf)) }
  },
}

export const chosenPools = ({ state, operands }: Call<Zfs>): Pool[] =>
  operands.length === 0 ? openPools(state) : operands.map((name) => poolNamed(state, name))

function requireProperties(names: readonly string[]): void {
  const wrong = names.find((name) => !poolProperty(name) && !/^feature@/.test(name))
  if (wrong !== undefined) refuse(2, `bad property list: invalid property '${wrong}'`)
}

function cellOf(state: Zfs, pool: Pool, name: string, isExact: boolean): string {
  if (name === 'name') return pool.name
  const [exact] = poolValue(state, pool, name) ?? ['-']
  return isExact ? exact : readablePoolValue(name, exact)
}

const titles: Readonly<Record<string, string>> = {
  allocated: 'ALLOC',
  checkpoint: 'CKPOINT',
  expandsize: 'EXPANDSZ',
  fragmentation: 'FRAG',
  capacity: 'CAP',
  dedupratio: 'DEDUP',
}
const title = (given: string): string => {
  const name = poolProperty(given)?.name ?? given
  return titles[name] ?? name.toUpperCase()
}
const alignOf = (name: string): Align => (/^(name|health|altroot)$/.test(name) ? 'left' : 'right')

function json({ state, options }: Call<Zfs>, pools: readonly Pool[], names: readonly string[]): string {
  const style = { isExact: options.has('p') || options.has('json-int'), asNumbers: options.has('json-int') }
  const properties = names.filter((name) => name !== 'name').map((name) => poolProperty(name)?.name ?? name)
  const all = pools.map((pool) => [
    options.has('json-pool-key-guid') ? pool.guid : pool.name,
    { ...poolHead(state, pool, style), properties: poolJson(state, pool, { properties, style }) },
  ])
  return `${JSON.stringify({ output_version: outputVersion('zpool list'), pools: Object.fromEntries(all) })}\n`
}

export const poolHead = (state: Zfs, pool: Pool, style: JsonStyle) => ({
  name: pool.name,
  type: 'POOL',
  state: poolHealth(pool),
  pool_guid: jsonNumber(pool.guid, style),
  txg: jsonNumber(String(state.txg), style),
  spa_version: jsonNumber('5000', style),
  zpl_version: jsonNumber('5', style),
})

function poolJson(
  state: Zfs,
  pool: Pool,
  { properties, style }: { readonly properties: readonly string[]; readonly style: JsonStyle },
): object {
  const values = properties.map((name) => {
    const [exact, source] = poolValue(state, pool, name) ?? ['-', '-']
    const text = style.isExact ? exact : readablePoolValue(name, exact)
    return [name, { value: jsonNumber(text, style), source: jsonSource(source) }] as const
  })
  return Object.fromEntries(values)
}

/** `zpool get [-Hp] [-o field] property… [pool…]`: zpool-get(8). */
export const zpoolGet: Command<Zfs> = {
  options: {
    '-H': 'flag',
    '-p': 'flag',
    '-o': 'value',
    '-j --json': 'flag',
    '--json-int': 'flag',
    '--json-pool-key-guid': 'flag',
  },
  run: (call): Answer => {
    const { state, options } = call
    const [list, ...names] = call.operands
    if (list === undefined) return refuse(2, 'missing property argument')
    const asked = list.split(',')
    requireProperties(asked.filter((name) => name !== 'all' && name !== 'name'))
    const properties = asked.includes('all')
      ? poolProperties.map(({ name }) => name)
      : asked.map((name) => poolProperty(name)?.name ?? name)
    const pools = chosenPools({ ...call, operands: names })
    const style = { isExact: options.has('p') || options.has('json-int'), asNumbers: options.has('json-int') }
    if (options.has('j')) {
      const all = pools.map((pool) => [
        pool.name,
        { ...poolHead(state, pool, style), properties: poolJson(state, pool, { properties, style }) },
      ])
      return {
        stdout: `${JSON.stringify({ output_version: outputVersion('zpool get'), pools: Object.fromEntries(all) })}\n`,
      }
    }
    const fields = (options.text('o') ?? 'name,property,value,source').split(',')
    const rows = pools.flatMap((pool) =>
      properties.map((property) => {
        const [exact, source] = poolValue(state, pool, property) ?? ['-', '-']
        const row: Readonly<Record<string, string>> = {
          name: pool.name,
          property,
          value: options.has('p') ? exact : readablePoolValue(property, exact),
          source,
        }
        return fields.map((field) => row[field] ?? refuse(2, `invalid column name '${field}'`))
      }),
    )
    if (options.has('H')) return { stdout: tabbed(rows) }
    return { stdout: table([fields.map((field) => field.toUpperCase()), ...rows]) }
  },
}

/** `zpool set property=value pool`: zpool-set(8). */
export const zpoolSet: Command<Zfs> = {
  run: ({ state, operands }): Answer => {
    const [setting, name] = operands
    if (setting === undefined) return refuse(2, 'missing property=value argument')
    if (name === undefined) return refuse(2, 'missing pool name')
    const pool = poolNamed(state, name)
    const [property, value] = checkedPoolSetting(setting, `cannot set property for '${name}'`)
    pool.local[property] = value
    return {}
  },
}
