import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderDigest } from '#lab/folder-digest.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

async function some(): Promise<string> {
  const folder = await scratchFolder()
  await mkdir(join(folder, 'etc'))
  await writeFile(join(folder, 'etc/a'), 'one')
  await symlink('a', join(folder, 'etc/link'))
  return folder
}

describe('the digest of a folder', () => {
  it('is the same for the same content', async () => {
    expect(await folderDigest(await some())).toBe(await folderDigest(await some()))
  })

  it.each<[string, (folder: string) => Promise<void>]>([
    ['content', (folder) => writeFile(join(folder, 'etc/a'), 'two')],
    ['a name', (folder) => rename(join(folder, 'etc/a'), join(folder, 'etc/b'))],
    ['a mode', (folder) => chmod(join(folder, 'etc/a'), 0o755)],
    ['a file more', (folder) => writeFile(join(folder, 'b'), '')],
  ])('changes with %s', async (_, change) => {
    const folder = await some()
    const before = await folderDigest(folder)
    await change(folder)
    expect(await folderDigest(folder)).not.toBe(before)
  })
})
