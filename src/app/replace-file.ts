import { randomBytes } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Puts a file into the place of another, or makes it: whoever reads it sees the old one or the new one, also after a
 * crash. Mode and owner of the old one are kept; a new one gets `mode`.
 */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const old = await stat(path).catch(() => undefined)
  const temporary = join(dirname(path), `.${basename(path)}.tsplay-${randomBytes(6).toString('hex')}`)
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      if (old) {
        // Another owner's file can only be replaced by root, who may give files away.
        if (old.uid !== process.getuid?.()) await file.chown(old.uid, old.gid)
        await file.chmod(old.mode & 0o7777)
      }
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}
