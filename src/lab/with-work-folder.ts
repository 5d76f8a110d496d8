import { access, chmod, mkdir, mkdtemp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFiles } from './remove-files.ts'

/**
 * Does something in a new folder beside the final place of its result, and removes the folder afterwards.
 * Folders of processes that were killed are removed first. Other users may pass through it, but not list it.
 */
export async function withWorkFolder<Result>(
  parent: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  await mkdir(parent, { recursive: true })
  await removeStale(parent)
  const folder = await mkdtemp(join(parent, `${prefix}${process.pid}-`))
  // apt downloads as a user of its own.
  await chmod(folder, 0o711)
  try {
    return await work(folder)
  } finally {
    await removeFiles(folder)
  }
}

const prefix = '.work-'

async function removeStale(parent: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix))
  for (const name of names) {
    const pid = name.slice(prefix.length).split('-')[0]
    const isRunning = await access(`/proc/${pid}`).then(
      () => true,
      () => false,
    )
    if (!isRunning) await removeFiles(join(parent, name))
  }
}
