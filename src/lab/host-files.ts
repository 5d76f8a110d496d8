import type { Stats } from 'node:fs'
import { chmod, chown, copyFile, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file of a host's own layer: text, a copy of a file of this machine (absolute path), or a symbolic link. */
export type HostFile = HostFilePlace &
  ({ readonly text: string } | { readonly copyOf: string } | { readonly linkTo: string })

interface HostFilePlace {
  /** Below the host's root, without a slash at its beginning. */
  readonly path: string
  readonly mode?: number
  readonly owner?: Owner
  /** For a folder that the image does not have, beside the owner. */
  readonly folderMode?: number
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Where a host's own layer is written, and what it lies over, the topmost first. */
export interface HostLayers {
  readonly upper: string
  readonly lowers: readonly string[]
}

/**
 * Writes files into the upper layer of a host's file system, before that is mounted. Folders of the layers below
 * keep their content, owner and mode.
 */
export async function writeHostFiles(layers: HostLayers, files: readonly HostFile[]): Promise<void> {
  await mkdir(layers.upper, { recursive: true })
  for (const file of files) {
    await makeFolder(layers, dirname(file.path), file)
    await writeHostFile(join(layers.upper, file.path), file)
  }
}

/** A folder of the upper layer hides its namesake's owner and mode, so it takes them from there. */
async function makeFolder(layers: HostLayers, folder: string, file: HostFile): Promise<void> {
  if (folder !== '.') await makeFolder(layers, dirname(folder), file)
  const path = join(layers.upper, folder)
  await mkdir(path, { recursive: true })
  const given = await statFirst(layers.lowers.map((lower) => join(lower, folder)))
  await chmod(path, (given?.mode ?? file.folderMode ?? 0o755) & 0o7777)
  const owner = given ?? file.owner
  if (owner) await chown(path, owner.uid, owner.gid)
}

async function statFirst(paths: readonly string[]): Promise<Stats | undefined> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)))
  return found.find((stats) => stats !== undefined)
}

async function writeHostFile(path: string, file: HostFile): Promise<void> {
  if ('linkTo' in file) {
    await rm(path, { force: true })
    return symlink(file.linkTo, path)
  }
  const mode = file.mode ?? 0o644
  if ('text' in file) await writeFile(path, file.text, { mode })
  else await copyFile(file.copyOf, path)
  // Whatever our umask is.
  await chmod(path, mode)
  if (file.owner) await chown(path, file.owner.uid, file.owner.gid)
}
