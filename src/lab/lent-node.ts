import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { requireSpace } from './require-space.ts'
import { withWorkFolder } from './with-work-folder.ts'

/** Where a host finds what its doubles need, below its root. */
export const lentFolder = 'opt/tsplay-lab'

/**
 * A folder with the Node.js that runs this process, as a layer that hosts with doubles stand on: more than a hundred
 * megabytes, copied once instead of to each host.
 */
export async function lentNode(node = process.execPath): Promise<string> {
  const { size } = await stat(node)
  const key = createHash('sha256')
    .update(JSON.stringify([process.version, process.arch, size]))
    .digest('hex')
    .slice(0, 16)
  const folder = join(cacheFolder(), 'node')
  await mkdir(folder, { recursive: true })
  if (!(await readdir(folder)).includes(key)) {
    await requireSpace(cacheFolder(), Math.ceil(size / 1e6) + 1, 'the Node.js that doubles run on')
    await withWorkFolder(cacheFolder(), (work) => copyInto(join(work, 'layer'), node, join(folder, key)))
  }
  return join(folder, key)
}

async function copyInto(layer: string, node: string, final: string): Promise<void> {
  await mkdir(join(layer, lentFolder), { recursive: true })
  await copyFile(node, join(layer, lentFolder, 'node'))
  // Whatever our umask is: on the host, these are folders of its root.
  for (const part of ['', 'opt', lentFolder, `${lentFolder}/node`]) await chmod(join(layer, part), 0o755)
  await rename(layer, final).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}
