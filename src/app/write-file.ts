import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TaskFailure } from '#sdk/module.ts'

/**
 * Writes a file of this machine atomically and makes the folders it needs. Nothing stays behind when it fails. Throws
 * TaskFailure when this machine cannot write it, and what reading the content throws as it is: that is not the fault of
 * this machine.
 */
export async function writeFileHere(
  path: string,
  content: AsyncIterable<Uint8Array>,
  { mode = 0o666 }: { mode?: number } = {},
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.tsplay-${randomBytes(6).toString('hex')}`)
  const here = <T>(work: Promise<T>): Promise<T> => work.catch((error) => cannotWrite(path, error))
  await here(mkdir(dirname(path), { recursive: true }))
  try {
    const file = await here(open(temporary, 'wx', mode))
    try {
      for await (const chunk of content) await here(file.writeFile(chunk))
    } catch (error) {
      await file.close().catch(secondary)
      throw error
    }
    await here(file.close())
    await here(rename(temporary, path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(secondary)
    throw error
  }
}

/** What fails while cleaning up must not hide the first failure. */
const secondary = (): undefined => undefined

function cannotWrite(path: string, error: Error): never {
  throw new TaskFailure(`The file ${path} cannot be written: ${error.message}.`, {}, { cause: error })
}
