import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AptFolders, aptCommand } from './apt-command.ts'
import { cacheFolder } from './cache-folder.ts'
import { removeFiles } from './remove-files.ts'
import { runCommand } from './run-command.ts'
import { withWorkFolder } from './with-work-folder.ts'

/** So long do several sets of packages use the same lists: mirrors change a few times a day. */
const freshMs = 3_600_000

/** Gives a folder with apt's lists of these sources, fetched within the last hour. */
export async function packageLists(sources: string, signal?: AbortSignal): Promise<string> {
  const folder = join(cacheFolder(), 'lists')
  await mkdir(folder, { recursive: true })
  const prefix = createHash('sha256').update(sources).digest('hex').slice(0, 16)
  const known = (await readdir(folder)).filter((name) => name.startsWith(prefix)).sort()
  const newest = known.at(-1)
  if (newest !== undefined && (await ageOf(join(folder, newest))) < freshMs) return join(folder, newest)
  const lists = join(folder, `${prefix}-${Date.now()}`)
  await withWorkFolder(cacheFolder(), (work) => fetchLists(work, { sources, lists, signal }))
  // Others may still read those of the last hour.
  for (const name of known) {
    if ((await ageOf(join(folder, name))) > 2 * freshMs) await removeFiles(join(folder, name))
  }
  return lists
}

const ageOf = async (path: string): Promise<number> => Date.now() - (await stat(path)).mtimeMs

interface Fetch {
  readonly sources: string
  readonly lists: string
  readonly signal: AbortSignal | undefined
}

async function fetchLists(work: string, { sources, lists, signal }: Fetch): Promise<void> {
  const folders: AptFolders = { work, lists: join(work, 'lists') }
  await mkdir(join(folders.lists, 'partial'), { recursive: true })
  await writeFile(join(work, 'status'), '')
  await writeFile(join(work, 'sources.list'), sources)
  await runCommand([...(await aptCommand(folders)), 'update'], signal ? { signal } : {})
  await rename(folders.lists, lists)
}
