import { readdir } from 'node:fs/promises'
import { type Answer, refuse } from '#doubles/answer.ts'
import type { Call, Command } from '#doubles/double.ts'
import { checkedSetting } from './dataset-setting.ts'
import { leavesOf, readLayout } from './vdev-layout.ts'
import { appear } from './zfs-create.ts'
import { vanish } from './zfs-destroy.ts'
import { below, guidOf, newDataset, type Pool, poolNamed, seconds, type Vdev, type Zfs } from './zfs-state.ts'
import { checkedPoolSetting } from './zpool-properties.ts'

/** `zpool create`: zpool-create(8), cmd/zpool/zpool_main.c `zpool_do_create`. */
export const zpoolCreate: Command<Zfs> = {
  options: {
    '-f': 'flag',
    '-n': 'flag',
    '-d': 'flag',
    '-B': 'flag',
    '-o': 'values',
    '-O': 'values',
    '-m': 'value',
    '-R': 'value',
    '-t': 'value',
  },
  run: create,
}

async function create({ state, options, operands, host }: Call<Zfs>): Promise<Answer> {
  const [name, ...words] = operands
  if (name === undefined) return refuse(2, 'missing pool name argument')
  if (words.length === 0) return refuse(2, 'missing vdev specification')
  const action = `cannot create '${name}'`
  requirePoolName(name, action)
  const vdevs = await readLayout(words, { state, host, isForced: options.has('f'), first: 0 })
  const local = Object.fromEntries(options.texts('o').map((text) => checkedPoolSetting(text, action)))
  const settings = [...options.texts('O'), ...(options.text('m') ? [`mountpoint=${options.text('m')}`] : [])]
  const root = Object.fromEntries(
    settings.map((text) => checkedSetting(text, { type: 'filesystem', isNew: true, action })),
  )
  if (state.pools[name] && !state.pools[name].exported) refuse(1, `${action}: pool already exists`)
  await requireEmpty(host.path(root['mountpoint'] ?? `/${name}`), root['mountpoint'] ?? `/${name}`)
  if (options.has('n'))
    return { stdout: `would create '${name}' with the following layout:\n\n${drawing(name, vdevs)}` }
  const createdAt = seconds(host.now)
  forget(state, name)
  state.pools[name] = { name, guid: guidOf(name, host.now), createdAt, local, vdevs }
  const dataset = newDataset(state, { name, type: 'filesystem', createdAt, local: root })
  await appear(state, dataset, host, true)
  return {}
}

/** zfs_namecheck.c `pool_namecheck` and libzfs_pool.c `zpool_name_valid`. */
function requirePoolName(name: string, action: string): void {
  if (/^(mirror|raidz|draid|spare|log)/.test(name)) {
    refuse(1, `${action}: name is reserved\npool name may have been omitted`)
  }
  if (!/^[A-Za-z]/.test(name)) refuse(1, `${action}: name must begin with a letter`)
  const bad = /[^A-Za-z0-9_.: -]/.exec(name)?.[0]
  if (bad !== undefined) refuse(1, `${action}: invalid character '${bad}' in pool name`)
}

async function requireEmpty(folder: string, shown: string): Promise<void> {
  if (shown === 'none' || shown === 'legacy') return
  const names = await readdir(folder).catch(() => [])
  if (names.length === 0) return
  refuse(1, `mountpoint '${shown}' exists and is not empty\nuse '-m' option to provide a different default`)
}

const drawing = (name: string, vdevs: readonly Vdev[]): string =>
  [
    `\t${name}`,
    ...vdevs.flatMap(({ name: top, children }) => [
      `\t  ${top}`,
      ...children.map((one) => `\t    ${one.name}`),
    ]),
  ]
    .map((line) => `${line}\n`)
    .join('')

function forget(state: Zfs, name: string): void {
  delete state.pools[name]
  for (const dataset of Object.keys(state.datasets)) {
    if (dataset === name || dataset.startsWith(`${name}/`) || dataset.startsWith(`${name}@`))
      delete state.datasets[dataset]
  }
}

/** `zpool destroy [-f] pool` */
export const zpoolDestroy: Command<Zfs> = {
  options: { '-f': 'flag' },
  run: async ({ state, operands, host }): Promise<Answer> => {
    const [name] = operands
    if (name === undefined) return refuse(2, 'missing pool argument')
    poolNamed(state, name)
    for (const dataset of below(state, name).toReversed()) await vanish(state, dataset, host)
    const root = state.datasets[name]
    if (root) await vanish(state, root, host)
    forget(state, name)
    return {}
  },
}

/** `zpool add [-fn] pool vdev…` */
export const zpoolAdd: Command<Zfs> = {
  options: { '-f': 'flag', '-n': 'flag', '-g': 'flag', '-L': 'flag', '-P': 'flag', '-o': 'values' },
  run: async ({ state, options, operands, host }): Promise<Answer> => {
    const [name, ...words] = operands
    if (name === undefined) return refuse(2, 'missing pool name argument')
    if (words.length === 0) return refuse(2, 'missing vdev specification')
    const pool = poolNamed(state, name)
    const added = await readLayout(words, {
      state,
      host,
      isForced: options.has('f'),
      first: pool.vdevs.length,
    })
    const [have, gets] = [firstShape(pool.vdevs), firstShape(added)]
    if (gets !== undefined && have !== gets && !options.has('f')) {
      refuse(
        1,
        `invalid vdev specification\nuse '-f' to override the following errors:\nmismatched replication level: pool uses ${have} and new vdev is ${gets}`,
      )
    }
    if (!options.has('n')) pool.vdevs.push(...added)
    return {}
  },
}

const firstShape = (vdevs: readonly Vdev[]): string | undefined => {
  const vdev = vdevs.find(({ kind }) => kind === 'normal')
  return vdev && (vdev.children.length === 0 ? 'disk' : vdev.type)
}

/** `zpool export pool…` and `zpool import [-a | pool]`. */
export const zpoolExport: Command<Zfs> = {
  options: { '-a': 'flag', '-f': 'flag' },
  run: ({ state, operands }): Answer => {
    if (operands.length === 0) return refuse(2, 'missing pool argument')
    for (const name of operands) poolNamed(state, name).exported = true
    return {}
  },
}

export const zpoolImport: Command<Zfs> = {
  options: {
    '-a': 'flag',
    '-f': 'flag',
    '-N': 'flag',
    '-d': 'values',
    '-c': 'value',
    '-o': 'values',
    '-R': 'value',
  },
  run: ({ state, options, operands }): Answer => {
    const [name] = operands
    const found = Object.values(state.pools).filter(({ exported }) => exported === true)
    if (name === undefined && !options.has('a')) {
      if (found.length === 0) return { exit: 1, stderr: 'no pools available to import\n' }
      return { stdout: found.map(importText).join('\n') }
    }
    const chosen =
      name === undefined ? found : found.filter((pool) => pool.name === name || pool.guid === name)
    if (name !== undefined && state.pools[name]?.exported !== true && state.pools[name]) {
      return refuse(
        1,
        `cannot import '${name}': a pool with that name already exists\nuse the form 'zpool import <pool | id> <newpool>' to give it a new name`,
      )
    }
    if (name !== undefined && chosen.length === 0)
      return refuse(1, `cannot import '${name}': no such pool available`)
    for (const pool of chosen) pool.exported = false
    return {}
  },
}

const importText = ({ name, guid, vdevs }: Pool): string =>
  [
    `   pool: ${name}`,
    `     id: ${guid}`,
    '  state: ONLINE',
    ' action: The pool can be imported using its name or numeric identifier.',
    ' config:',
    '',
    `\t${name}  ONLINE`,
    ...leavesOf(vdevs).map((leaf) => `\t  ${leaf.name}  ONLINE`),
    '',
  ].join('\n')
