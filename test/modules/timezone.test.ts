import { describe, expect, it } from 'vitest'
import timezone from '#modules/timezone.ts'
import { fieldsOf, withBench } from '../support/with-bench.ts'

describe('timezone', () => {
  const bench = withBench()
  const zone = { link: 'Europe/Vienna', file: 'Europe/Vienna', hwclock: 'UTC' as const }
  const plan = (args: object, present: object = {}, known = true) =>
    timezone.plan({ args, state: { zone: { ...zone, ...present }, known }, mode: 'apply' })

  it.each([
    [{ name: 'Europe/Vienna' }, {}, []],
    [{ name: 'Europe/Vienna' }, { file: undefined }, []],
    [{ name: 'Europe/Vienna' }, { file: 'UTC' }, ['name']],
    [{ name: 'UTC' }, {}, ['name']],
    [{ name: 'Europe/Vienna', hwclock: 'local' }, {}, ['hwclock']],
    [{ hwclock: 'UTC' }, {}, []],
  ])('%j with %j changes %j', (args, present, fields) => {
    expect(fieldsOf({ changes: plan(args, present) })).toEqual(fields)
  })

  it('refuses zones that the host does not know, and calls without a wish', async () => {
    expect(() => plan({ name: 'Europe/Nowhere' }, {}, false)).toThrow('Is the package tzdata installed?')
    expect(() => plan({})).toThrow('`name` or `hwclock` is missing')
    const asked = bench().run(timezone, { name: 'Mars/Base' }, { mode: 'check' })
    await expect(asked).rejects.toThrow('The host knows no time zone Mars/Base.')
  })
})
