import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { controlImages } from '#app/lab-images.ts'
import { baseImage, imageKey } from '#lab/base-image.ts'
import { rootImages } from '#lab/image-kind.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

afterEach(() => vi.unstubAllEnvs())

/** A cache with these parts, each of a file of two megabytes. */
async function cacheWith(...parts: readonly string[]): Promise<string> {
  const home = await scratchFolder()
  vi.stubEnv('XDG_CACHE_HOME', home)
  const cache = join(home, 'tsplay/lab')
  for (const part of parts) {
    await mkdir(join(cache, part), { recursive: true })
    await writeFile(join(cache, part, 'file'), Buffer.alloc(2_000_000))
  }
  return cache
}

async function image(what: 'list' | 'build' | 'remove', ...suites: string[]) {
  const terminal = memoryTerminal()
  const outcome = await controlImages(
    { action: 'image', what, suites },
    terminal,
    new AbortController().signal,
  )
  return { ...outcome, stdout: terminal.stdout.text, stderr: terminal.stderr.text }
}

describe('tsplay lab image', () => {
  it('lists what labs keep, and says when that is nothing', async () => {
    await cacheWith()
    expect((await image('list')).stderr).toBe('Nothing was built yet. The first tsplay lab up does it.\n')
    await cacheWith('images/bookworm-1', 'layers/tools-2', 'packages/3', 'node/4')
    const rows = (await image('list')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(0, 3).join(' '))
    expect(rows).toEqual([
      'KIND KEY SIZE',
      'image bookworm-1 2 MB',
      'layer tools-2 2 MB',
      'packages 3 2 MB',
      'node 4 2 MB',
    ])
  })

  it('removes a release with all that may stand on it, and leaves other releases', async () => {
    const cache = await cacheWith('images/bookworm-1', 'images/trixie-2', 'layers/tools-2', 'packages/3')
    expect((await image('remove', 'bullseye')).stderr).toBe('There was nothing to remove.\n')
    expect((await image('remove', 'bookworm')).stderr).toMatch(
      /^Removed image bookworm-1, layer tools-2, packages 3 \(6 MB\).\n$/,
    )
    expect(await readdir(join(cache, 'images'))).toEqual(['trixie-2'])
    await image('remove')
    expect(await readdir(join(cache, 'images'))).toEqual([])
  })

  it('knows the releases there are', async () => {
    await cacheWith()
    expect(await image('build', 'buster')).toMatchObject({
      exitReason: 'usage',
      stderr: 'error: There is no suite "buster". There is bullseye, bookworm, trixie.\n',
    })
  })

  it('does not build what is there', async () => {
    const key = imageKey('bookworm', 'systemd')
    const cache = await cacheWith(`images/${key}`)
    const report = vi.fn()
    expect(await baseImage('bookworm', rootImages, { report })).toMatchObject({
      root: join(cache, 'images', key),
    })
    expect(report).not.toHaveBeenCalled()
  })
})
