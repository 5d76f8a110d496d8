import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withWorkFolder } from '#lab/with-work-folder.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

describe('a work folder', () => {
  it('is there for the work and gone afterwards', async () => {
    const parent = join(await scratchFolder(), 'new')
    const seen = await withWorkFolder(parent, async (folder) => {
      await writeFile(join(folder, 'file'), '')
      return readdir(parent)
    })
    expect(seen).toHaveLength(1)
    expect(await readdir(parent)).toEqual([])
  })

  it('is gone when the work failed', async () => {
    const parent = await scratchFolder()
    await expect(withWorkFolder(parent, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await readdir(parent)).toEqual([])
  })

  it('takes those of ended processes along and leaves all else', async () => {
    const parent = await scratchFolder()
    const ended = execFile('true')
    await once(ended, 'exit')
    for (const name of [`.work-${ended.pid}-abc`, `.work-${process.pid}-def`, 'images'])
      await mkdir(join(parent, name))
    await withWorkFolder(parent, async () => undefined)
    expect((await readdir(parent)).sort()).toEqual([`.work-${process.pid}-def`, 'images'])
  })
})
