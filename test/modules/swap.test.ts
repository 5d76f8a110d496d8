import { existsSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import swap from '#modules/swap.ts'
import { fieldsOf, isRoot, withBench } from '../support/with-bench.ts'

describe.skipIf(!isRoot)('swap', () => {
  const bench = withBench((open) =>
    open.run(swap, { path: `${open.folder}/swap`, fstab: `${open.folder}/fstab`, state: 'absent' }),
  )
  const common = () => ({ path: `${bench().folder}/swap`, fstab: `${bench().folder}/fstab` })

  it('makes a swap file and uses it', async () => {
    const outcome = await bench().converge(swap, { ...common(), size: '1M' })
    expect(fieldsOf(outcome)).toEqual(['file', 'signature', 'active', 'fstab'])
    expect(statSync(common().path)).toMatchObject({ size: 1024 ** 2, mode: 0o100600 })
    expect(readFileSync('/proc/swaps', 'utf8')).toContain(common().path)
  })

  it('makes it anew when it shall be larger, with a priority', async () => {
    await bench().converge(swap, { ...common(), size: '2M', priority: 7 })
    expect(readFileSync('/proc/swaps', 'utf8')).toMatch(/\/swap\s+file\s+2044\s+0\s+7$/m)
    expect(readFileSync(common().fstab, 'utf8')).toBe(`${common().path} none swap sw,pri=7 0 0\n`)
  })

  it('stops and removes it', async () => {
    expect(fieldsOf(await bench().converge(swap, { ...common(), state: 'absent' }))).toEqual([
      'active',
      'file',
      'fstab',
    ])
    expect(existsSync(common().path)).toBe(false)
  })

  it('asks for a size before it makes a file', async () => {
    await expect(bench().run(swap, common())).rejects.toThrow('`size` says how large to make it.')
  })
})
