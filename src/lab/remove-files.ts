import { rm } from 'node:fs/promises'
import { userImages } from './image-kind.ts'
import { runCommand } from './run-command.ts'

/** Removes a file or folder with all in it; silent when there is none. */
export async function removeFiles(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    const isForeign = error instanceof Error && 'code' in error && /^E(ACCES|PERM)$/.test(String(error.code))
    if (!isForeign || process.getuid?.() === 0) throw error
    // Files of a host's users belong to numbers that only their namespace may touch.
    await runCommand([...userImages.asRoot, 'rm', '-rf', '--one-file-system', '--', path])
  }
}
