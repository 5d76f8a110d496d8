import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Changes with the name, mode and content of anything in a folder. */
export async function folderDigest(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort()
  const parts = await Promise.all(names.map(async (name) => [name, ...(await describe(join(folder, name)))]))
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

async function describe(path: string): Promise<readonly (string | number)[]> {
  const stats = await lstat(path)
  if (stats.isDirectory()) return [stats.mode, await folderDigest(path)]
  if (stats.isSymbolicLink()) return [stats.mode, await readlink(path)]
  const content = await readFile(path)
  return [stats.mode, createHash('sha256').update(content).digest('hex')]
}
