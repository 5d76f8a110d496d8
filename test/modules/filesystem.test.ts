import { truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import filesystem from '#modules/filesystem.ts'
import { fieldsOf, withBench } from '../support/with-bench.ts'

describe('filesystem, on a file', () => {
  const bench = withBench()
  const disk = (name: string, megabytes = 16): string => {
    const path = `${bench().folder}/${name}`
    writeFileSync(path, '', { flag: 'a' })
    truncateSync(path, megabytes * 1024 ** 2)
    return path
  }
  const held = async (dev: string) =>
    (await bench().run(filesystem, { dev, fstype: 'ext4' }, { mode: 'check' })).changes

  it('makes a file system where there is none, once', async () => {
    const dev = disk('fresh')
    expect(await held(dev)).toEqual([{ field: 'fstype', before: 'none', after: 'ext4' }])
    await bench().converge(filesystem, { dev, fstype: 'ext4', opts: ['-L', 'data'] })
    expect(await held(dev)).toEqual([])
  })

  it('lets it grow with its device', async () => {
    const dev = disk('growing')
    await bench().converge(filesystem, { dev, fstype: 'ext4' })
    disk('growing', 64)
    const outcome = await bench().converge(filesystem, { dev, fstype: 'ext4', resizefs: true })
    expect(outcome.changes).toEqual([{ field: 'size', before: '16.0 MiB', after: '64.0 MiB' }])
  })

  it('puts nothing in the place of another file system unless told that it may be lost', async () => {
    const dev = disk('used')
    await bench().converge(filesystem, { dev, fstype: 'ext2' })
    await expect(bench().run(filesystem, { dev, fstype: 'ext4' })).rejects.toThrow(
      'holds ext2, which would be lost',
    )
    await expect(bench().run(filesystem, { dev, state: 'absent' })).rejects.toThrow('allow_destroy: true')
    const outcome = await bench().converge(filesystem, { dev, fstype: 'ext4', allow_destroy: true })
    expect(outcome.changes).toEqual([{ field: 'fstype', before: 'ext2', after: 'ext4' }])
  })

  it('wipes the signature off', async () => {
    const dev = disk('wiped')
    await bench().converge(filesystem, { dev, fstype: 'ext4' })
    expect(
      fieldsOf(await bench().converge(filesystem, { dev, state: 'absent', allow_destroy: true })),
    ).toEqual(['fstype'])
  })

  it('fails where there is no device, and would make one that is yet to come', async () => {
    const args = { dev: `${bench().folder}/nowhere`, fstype: 'ext4' }
    await expect(bench().run(filesystem, args)).rejects.toThrow('does not exist')
    expect(fieldsOf(await bench().run(filesystem, args, { mode: 'check' }))).toEqual(['fstype'])
  })
})
