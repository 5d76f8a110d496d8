import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A file of the registry of restore points, with what it says. */
export interface RegistryFile {
  readonly path: string
  readonly text: string
}

/** Every file in the registry's folder; none when it does not exist. */
export async function readRegistry(folder: string): Promise<readonly RegistryFile[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  // A name that begins with a dot is a write that has not ended.
  const paths = names.filter((name) => /^[^.].*\.json$/.test(name)).map((name) => join(folder, name))
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })))
}
