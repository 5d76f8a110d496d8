import type { Pool, Vdev, Zfs } from './zfs-state.ts'

/** Bytes that a pool's devices give it: a mirror its smallest, raidz all but parity, logs and caches nothing. */
export const rawBytes = (pool: Pool): number =>
  pool.vdevs.filter(({ kind }) => kind === 'normal').reduce((sum, vdev) => sum + vdevBytes(vdev), 0)

export function vdevBytes({ type, bytes, children }: Vdev): number {
  if (children.length === 0) return bytes
  const sizes = children.map(vdevBytes)
  const smallest = Math.min(...sizes)
  // `zpool list` counts the parity of raidz as space.
  return type.startsWith('raidz') ? smallest * children.length : smallest
}

/** What datasets can use: 1/32 is kept back (`spa_slop_shift`), and parity is no space. */
export function poolBytes(state: Zfs, name: string): number {
  const pool = state.pools[name]
  if (!pool) return 0
  const usable = pool.vdevs.filter(({ kind }) => kind === 'normal').map(usableBytes)
  const total = usable.reduce((sum, bytes) => sum + bytes, 0)
  return total - Math.floor(total / 32)
}

function usableBytes(vdev: Vdev): number {
  const parity = vdev.type.startsWith('raidz') ? Number(vdev.type.slice(5) || 1) : 0
  const share = vdev.children.length > 0 ? (vdev.children.length - parity) / vdev.children.length : 1
  return Math.floor(vdevBytes(vdev) * share)
}
