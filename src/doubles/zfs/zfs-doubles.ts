import type { Double } from '../double.ts'
import { zfs } from './zfs.ts'
import { zpool } from './zpool.ts'

export const zfsDoubles: readonly Double[] = [zfs, zpool]
