import { type Answer, refuse } from '#doubles/answer.ts'
import type { Command } from '#doubles/double.ts'
import { usedBytes } from './dataset-values.ts'
import { leavesOf } from './vdev-layout.ts'
import { type Pool, poolNamed, seconds, type Vdev, type Zfs } from './zfs-state.ts'
import { vdevHealth } from './zpool-properties.ts'

/** `zpool scrub [-s | -p | -w] pool…`: zpool-scrub(8). One ends at once: there is nothing to read. */
export const zpoolScrub: Command<Zfs> = {
  options: { '-s': 'flag', '-p': 'flag', '-w': 'flag', '-e': 'flag', '-C': 'flag' },
  run: ({ state, options, operands, host }): Answer => {
    if (operands.length === 0) return refuse(2, 'missing pool name argument')
    for (const name of operands) {
      const pool = poolNamed(state, name)
      if (options.has('s')) refuse(1, `cannot cancel scrubbing ${name}: there is no active scrub`)
      if (options.has('p')) refuse(1, `cannot pause scrubbing ${name}: there is no active scrub`)
      const root = state.datasets[name]
      const now = seconds(host.now)
      pool.scan = { startedAt: now, endedAt: now, examined: root ? usedBytes(state, root) : 0, errors: 0 }
    }
    return {}
  },
}

/** `zpool offline pool device…`, `zpool online`: zpool-offline(8). */
export const zpoolOffline: Command<Zfs> = {
  options: { '-f': 'flag', '-t': 'flag' },
  run: ({ state, operands }): Answer => {
    const { pool, devices } = devicesOf(state, operands)
    for (const device of devices) {
      const parent = pool.vdevs.find(({ children }) => children.includes(device))
      const before = device.state
      device.state = 'OFFLINE'
      if (!parent || vdevHealth(parent) === 'UNAVAIL') {
        device.state = before
        refuse(1, `cannot offline ${device.name}: no valid replicas`)
      }
    }
    return {}
  },
}

export const zpoolOnline: Command<Zfs> = {
  options: { '-e': 'flag' },
  run: ({ state, operands }): Answer => {
    for (const device of devicesOf(state, operands).devices) device.state = 'ONLINE'
    return {}
  },
}

/** `zpool clear pool [device]` */
export const zpoolClear: Command<Zfs> = {
  options: { '-F': 'flag', '-n': 'flag' },
  run: ({ state, operands }): Answer => {
    const [name] = operands
    if (name === undefined) return refuse(2, 'missing pool name')
    for (const leaf of leavesOf(poolNamed(state, name).vdevs))
      leaf.errors = { read: 0, write: 0, checksum: 0 }
    return {}
  },
}

function devicesOf(
  state: Zfs,
  [name, ...words]: readonly string[],
): { readonly pool: Pool; readonly devices: Vdev[] } {
  if (name === undefined) return refuse(2, 'missing pool name')
  if (words.length === 0) return refuse(2, 'missing device name')
  const pool = poolNamed(state, name)
  const leaves = leavesOf(pool.vdevs)
  const devices = words.map((word) => {
    const found = leaves.find((leaf) => leaf.name === word || leaf.name.endsWith(`/${word}`))
    return found ?? refuse(1, `cannot find device ${word}: no such device in pool`)
  })
  return { pool, devices }
}

/** What ends at once here: `trim`, `wait`, `sync`. The pool must be there. */
export const zpoolQuick: Command<Zfs> = {
  options: {
    '-w': 'flag',
    '-d': 'flag',
    '-s': 'flag',
    '-c': 'flag',
    '-t': 'value',
    '-H': 'flag',
    '-p': 'flag',
    '-r': 'value',
  },
  run: ({ state, operands }): Answer => {
    const [name] = operands
    if (name === undefined) return refuse(2, 'missing pool name')
    poolNamed(state, name)
    return {}
  },
}
