import type { Dirent } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ControllerEntry, ControllerFile } from '#sdk/controller.ts'

/** Everything below a folder: parents before children, names in order. Devices and sockets are left out. */
export async function walkFolder(
  folder: string,
  openFile: (path: string) => Promise<ControllerFile>,
): Promise<readonly ControllerEntry[]> {
  const walk = async (below: string): Promise<readonly ControllerEntry[]> => {
    const children = await readdir(join(folder, below), { withFileTypes: true })
    const sorted = children.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const nested = await Promise.all(sorted.map((child) => visit(join(below, child.name), child)))
    return nested.flat()
  }
  const visit = async (path: string, child: Dirent): Promise<readonly ControllerEntry[]> => {
    const absolute = join(folder, path)
    const mode = (await lstat(absolute)).mode & 0o7777
    if (child.isSymbolicLink()) return [{ path, type: 'link', target: await readlink(absolute), mode }]
    if (child.isDirectory()) return [{ path, type: 'directory', mode }, ...(await walk(path))]
    return child.isFile() ? [{ path, type: 'file', mode, file: await openFile(absolute) }] : []
  }
  return walk('')
}
