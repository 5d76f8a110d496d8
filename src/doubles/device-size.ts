import { readFile, realpath, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { DoubleHost } from './host.ts'

export interface Device {
  /** As the host names it. */
  readonly path: string
  readonly bytes: number
  /** Whether the kernel knows it as a device; a lab's disks are files. */
  readonly isBlock: boolean
}

/** Looks at a disk, or at the file that stands for one; undefined when there is nothing of the kind. */
export async function deviceAt(host: DoubleHost, path: string): Promise<Device | undefined> {
  const file = await realpath(host.path(path)).catch(() => undefined)
  if (file === undefined) return undefined
  const info = await stat(file)
  if (info.isFile()) return { path, bytes: info.size, isBlock: false }
  if (!info.isBlockDevice()) return undefined
  // In sectors of 512 bytes, whatever the device's are. See Documentation/ABI/stable/sysfs-block.
  const sectors = await readFile(`/sys/class/block/${basename(file)}/size`, 'utf8').catch(() => '0')
  return { path, bytes: Number(sectors) * 512, isBlock: true }
}
