import { lstat, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DoubleHost } from './host.ts'

/**
 * Makes what stands for a block device: a sparse file, and a link to it under the device's name. Programs such as
 * mkfs and blkid work on it; what needs the kernel's help (mount, fdisk -l without a name) does not.
 */
export async function makeDevice(host: DoubleHost, device: string, bytes: number): Promise<void> {
  const file = backingFile(host, device)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, '', { flag: 'a', mode: 0o600 })
  await truncate(file, bytes)
  await linkDevice(host, device)
}

/** `/dev` is empty after a reboot, while the files are still there. */
export async function linkDevice(host: DoubleHost, device: string): Promise<void> {
  const path = host.path(device)
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  )
  if (isThere) return
  await mkdir(dirname(path), { recursive: true })
  await symlink(backingFile(host, device), path)
}

export async function removeDevice(host: DoubleHost, device: string): Promise<void> {
  await rm(host.path(device), { force: true })
  await rm(backingFile(host, device), { force: true })
}

/** Outside of /dev, where only memory lies. */
const backingFile = (host: DoubleHost, device: string): string =>
  join(host.folder, 'devices', device.slice(1).replaceAll('/', '%'))
