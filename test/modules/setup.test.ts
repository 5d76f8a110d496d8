import { describe, expect, it } from 'vitest'
import setup from '#modules/setup.ts'
import { withBench } from '../support/with-bench.ts'

describe('setup', () => {
  const bench = withBench()
  const names = async (args: object): Promise<readonly string[]> => {
    const { result } = await bench().run(setup, args)
    return Object.keys(result.data?.['facts'] ?? {}).sort()
  }

  it('gathers what is common, without the long lists', async () => {
    const all = await names({})
    expect(all).toContain('os')
    expect(all).not.toContain('packages')
  })

  it.each([
    [{ gather_subset: ['network'] }, ['network']],
    [{ gather_subset: ['hardware', '!mounts', '!disks'] }, ['boot_time', 'cpu', 'memory']],
    [{ gather_subset: ['os', 'cpu'], filter: ['c*'] }, ['cpu']],
    [{ filter: ['ansible_mem*'] }, ['memory']],
    [{ filter: 'packages' }, ['packages']],
  ])('%j gives %j', async (args, expected) => {
    expect(await names(args)).toEqual(expected)
  })

  it('names the facts there are when it is asked for another', async () => {
    await expect(names({ gather_subset: ['weather'] })).rejects.toThrow(
      'There is no fact weather. These are there: architecture,',
    )
  })
})
