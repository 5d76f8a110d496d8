import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import sysctl from '#modules/sysctl.ts'
import { removeSetting, setSetting, settingOf } from '#sdk/sysctl-text.ts'
import { fieldsOf, isRoot, withBench } from '../support/with-bench.ts'

describe('sysctl text', () => {
  it.each([
    ['adds a line', '# a\n', '# a\nk.a = 1\n'],
    ['leaves a line alone that says the same', 'k.a=1\n', 'k.a=1\n'],
    ['knows a key by either separator', 'k/a = 1\n', 'k/a = 1\n'],
    ['changes the last line and drops the others', 'k.a = 0\nx = 2\nk.a = 3\n', 'x = 2\nk.a = 1\n'],
    ['ignores comments', '#k.a = 0\n;k.a = 0\n', '#k.a = 0\n;k.a = 0\nk.a = 1\n'],
  ])('%s', (_title, before, after) => {
    expect(setSetting(before, 'k.a', '1')).toBe(after)
  })

  it('reads and removes', () => {
    expect(settingOf('k.a = 1 2\t3\n', 'k.a')).toBe('1 2\t3')
    expect(settingOf('-k.a = 1\n', 'k.a')).toBe('1')
    expect(removeSetting('x=1\nk.a=1\n', 'k.a')).toBe('x=1\n')
  })
})

describe.skipIf(!isRoot)('sysctl', () => {
  const bench = withBench()
  // Its live value is set to what it is already: tests change nothing of the machine.
  const name = 'kernel.printk'
  const live = (): string => readFileSync('/proc/sys/kernel/printk', 'utf8').trim().replaceAll(/\s+/g, ' ')
  const file = (): string => `${bench().folder}/sysctl.conf`

  it('writes the file and loads it', async () => {
    const outcome = await bench().converge(sysctl, {
      name,
      value: live(),
      sysctl_file: file(),
      sysctl_set: true,
    })
    expect(fieldsOf(outcome)).toEqual(['value'])
    expect(readFileSync(file(), 'utf8')).toBe(`${name} = ${live()}\n`)
  })

  it('sees a live value that differs', async () => {
    const args = { name, value: '1 1 1 1', sysctl_file: file(), sysctl_set: true }
    expect(fieldsOf(await bench().run(sysctl, args, { mode: 'check' }))).toEqual(['value', 'live'])
  })

  it('removes the line', async () => {
    expect(fieldsOf(await bench().converge(sysctl, { name, state: 'absent', sysctl_file: file() }))).toEqual([
      'value',
    ])
  })

  it('refuses a setting that the kernel does not have, unless told otherwise', async () => {
    const args = { name: 'kernel.nosuch', value: '1', sysctl_file: file(), sysctl_set: true }
    await expect(bench().run(sysctl, args)).rejects.toThrow('The kernel has no setting kernel.nosuch.')
    expect(fieldsOf(await bench().run(sysctl, { ...args, ignoreerrors: true }, { mode: 'check' }))).toEqual([
      'value',
    ])
  })
})
