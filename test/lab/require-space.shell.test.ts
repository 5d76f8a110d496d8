import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { requireSpace } from '#lab/require-space.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

const run = promisify(execFile)

describe('the room a lab needs', () => {
  it('is there in most places', async () => {
    await requireSpace(join(await scratchFolder(), 'new'), 1, 'a test')
  })

  it.runIf(process.getuid?.() === 0)('is missed on a file system that is too small', async () => {
    const folder = await scratchFolder()
    await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder])
    onTestFinished(async () => void (await run('umount', [folder])))
    await expect(requireSpace(folder, 600, 'the base image of trixie')).rejects.toThrow(
      `There is no room for the base image of trixie: ${folder} has 8 MB free of 600 MB.`,
    )
  })
})
