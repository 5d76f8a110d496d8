import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { TaskFailure } from '#sdk/module.ts'

/** Writes a file of this machine atomically and makes the folders it needs. Nothing stays behind when it fails. */
export async function writeFileHere(
  path: string,
  content: AsyncIterable<Uint8Array>,
  { mode = 0o666 }: { mode?: number } = {},
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.tsplay-${randomBytes(6).toString('hex')}`)
  try {
    await mkdir(dirname(path), { recursive: true })
    await pipeline(content, createWriteStream(temporary, { flags: 'wx', mode }))
    await rename(temporary, path)
  } catch (error) {
    // Its own failure must not hide the first one.
    await rm(temporary, { force: true }).catch(() => undefined)
    // What the host did wrong while it was read is not the fault of this machine.
    if (!isFileError(error)) throw error
    throw new TaskFailure(`The file ${path} cannot be written: ${error.message}.`, {}, { cause: error })
  }
}

const isFileError = (error: unknown): error is Error =>
  error instanceof Error && 'syscall' in error && 'path' in error
