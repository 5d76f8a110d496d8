import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostGiven } from './backend.ts'
import { writeHostFiles } from './host-files.ts'
import { identityFiles } from './identity-files.ts'
import type { LabHost } from './lab-plan.ts'
import type { LabState } from './lab-state.ts'
import { readFirst } from './read-first.ts'
import { removeFiles } from './remove-files.ts'
import { runCommand } from './run-command.ts'

/**
 * Makes a host's own layer and mounts it over those it shares, at `root` in the host's folder. `options` are
 * further ones of the overlay.
 */
export async function buildLayeredRoot(
  state: LabState,
  host: LabHost,
  given: HostGiven,
  options: readonly string[] = [],
): Promise<void> {
  const lowers = state.lowers[host.name] ?? []
  const [upper, work, root] = ['upper', 'work', 'root'].map((name) => join(host.directory, name))
  const [shadow, index] = await Promise.all([
    readFirst(lowers, 'etc/shadow'),
    readFile(join(state.packages[host.suite] ?? '', 'Packages'), 'utf8'),
  ])
  const identity = identityFiles(state.plan, host, { access: given.access, shadow, index })
  await writeHostFiles({ upper: upper ?? '', lowers }, [...identity, ...given.files])
  await makeDisks(host)
  for (const folder of [work, root]) await mkdir(folder ?? '', { recursive: true })
  // `volatile`: what a host wants on the disk at once need not be, for the machine's crash ends the host for good. dpkg wants
  // it of every file.
  const layers = [`lowerdir=${lowers.join(':')}`, `upperdir=${upper}`, `workdir=${work}`, 'volatile']
  await runCommand(['mount', '-t', 'overlay', 'overlay', '-o', [...layers, ...options].join(','), root ?? ''])
}

/** Unmounts a host's file system and forgets what the host wrote. */
export async function dropLayeredRoot(host: LabHost): Promise<void> {
  await runCommand(['umount', '--lazy', join(host.directory, 'root')])
  for (const name of ['upper', 'work', 'disks']) await removeFiles(join(host.directory, name))
}

/** Where a host's disk lies on this machine. */
export const diskFile = (host: LabHost, disk: string): string => join(host.directory, 'disks', disk)

/** Empty disks; they take no room before something is written. */
export async function makeDisks(host: LabHost): Promise<void> {
  await mkdir(join(host.directory, 'disks'), { recursive: true, mode: 0o700 })
  for (const { name, bytes } of host.disks) {
    const file = await open(diskFile(host, name), 'w', 0o600)
    await file.truncate(bytes)
    await file.close()
  }
}
