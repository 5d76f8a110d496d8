import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import kernelModuleParameter from '#facts/kernel-module-parameter.ts'
import kernelModuleOption from '#modules/kernel-module-option.ts'
import { moduleOption, setModuleOption } from '#sdk/modprobe-options.ts'
import { fieldsOf, withBench } from '../support/with-bench.ts'

const set = (text: string, value?: string) => setModuleOption(text, 'zfs', 'zfs_arc_max', value)

describe('options of kernel modules, as text', () => {
  it.each([
    ['is added to an empty file', '', 'options zfs zfs_arc_max=4\n'],
    ['is changed among others', 'options zfs a=1 zfs_arc_max=9 b=2\n', 'options zfs a=1 zfs_arc_max=4 b=2\n'],
    [
      'is added beside others',
      '# cache\noptions zfs a=1\n',
      '# cache\noptions zfs a=1\noptions zfs zfs_arc_max=4\n',
    ],
    ['is left as it stands', 'options  zfs zfs_arc_max=4 # why\n', 'options  zfs zfs_arc_max=4 # why\n'],
    [
      'stands once',
      'options zfs zfs_arc_max=4\noptions zfs zfs_arc_max=9 a=1\n',
      'options zfs zfs_arc_max=4\noptions zfs a=1\n',
    ],
    [
      'is none of another module',
      'options zfs2 zfs_arc_max=9\n',
      'options zfs2 zfs_arc_max=9\noptions zfs zfs_arc_max=4\n',
    ],
  ])('%s', (_title, before, after) => {
    expect(set(before, '4')).toBe(after)
    expect(set(after, '4')).toBe(after)
    expect(moduleOption(after, 'zfs', 'zfs_arc_max')).toBe('4')
  })

  it('is taken away, and nothing else', () => {
    expect(set('options zfs a=1 zfs_arc_max=9\noptions zfs zfs_arc_max=3\n')).toBe('options zfs a=1\n')
  })
})

describe('kernel_module_option', () => {
  const bench = withBench()

  it('keeps one option in the file, and leaves a module alone that is not loaded', async () => {
    const path = `${bench().folder}/zfs.conf`
    writeFileSync(path, 'options tsplay_none a=1\n')
    const args = { module: 'tsplay_none', option: 'b', value: '2', path }
    expect(fieldsOf(await bench().converge(kernelModuleOption, args))).toEqual(['option'])
    expect(readFileSync(path, 'utf8')).toBe('options tsplay_none a=1\noptions tsplay_none b=2\n')
    await bench().converge(kernelModuleOption, { ...args, state: 'absent' })
    expect(readFileSync(path, 'utf8')).toBe('options tsplay_none a=1\n')
  })

  it('sees that a loaded module has another value', () => {
    const state = {
      file: { path: '/x', exists: false, text: undefined, utf8: true, large: false, mode: 0, uid: 0, gid: 0 },
      live: '0',
    }
    const plan = (args: object) =>
      kernelModuleOption.plan({
        args: { module: 'zfs', option: 'a', value: '4', ...args },
        state,
        mode: 'apply',
      })
    expect(fieldsOf({ changes: plan({}) })).toEqual(['option', 'live'])
    expect(fieldsOf({ changes: plan({ live: false }) })).toEqual(['option'])
    expect(() => plan({ value: undefined })).toThrow('`value` is missing')
  })

  it('reads what the kernel has', () => {
    const [missing] = kernelModuleParameter.parse({ rc: 0, stdout: '\x1e', stderr: '' }, ['zfs/zfs_arc_max'])
    const [present] = kernelModuleParameter.parse({ rc: 0, stdout: '\x1e+0\n', stderr: '' }, [
      'zfs/zfs_arc_max',
    ])
    expect([missing, present]).toEqual([undefined, '0'])
  })
})
