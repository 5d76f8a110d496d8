import { describe, expect, it } from 'vitest'
import modprobe from '#modules/modprobe.ts'
import { textFile } from '../support/text-file.ts'
import { fieldsOf, withBench } from '../support/with-bench.ts'

describe('modprobe', () => {
  const bench = withBench()
  const load = '/etc/modules-load.d/x.conf'
  const options = '/etc/modprobe.d/x.conf'
  const plan = (args: object, state: object = {}) =>
    modprobe.plan({
      args: { name: 'x', ...args },
      state: { module: 'absent', load: textFile(load), options: textFile(options), ...state },
      mode: 'apply',
    })

  it.each([
    [{}, {}, ['state']],
    [{}, { module: 'loaded' }, []],
    [{}, { module: 'builtin' }, []],
    [{ state: 'absent' }, { module: 'loaded' }, ['state']],
    [{ persistent: 'present', params: 'a=1  b' }, {}, ['state', load, options]],
    [
      { persistent: 'present', params: 'a=1 b' },
      { module: 'loaded', load: textFile(load, 'x\n'), options: textFile(options, 'options x a=1 b\n') },
      [],
    ],
    [{ persistent: 'absent' }, { module: 'loaded', load: textFile(load, 'x\n') }, [load]],
    [{}, { module: 'loaded', load: textFile(load, 'x\n') }, []],
  ])('%j with %j changes %j', (args, state, fields) => {
    expect(fieldsOf({ changes: plan(args, state) })).toEqual(fields)
  })

  it('refuses to unload what is part of the kernel', () => {
    expect(() => plan({ state: 'absent' }, { module: 'builtin' })).toThrow('cannot be unloaded')
  })

  it('asks this machine', async () => {
    const { changes } = await bench().run(modprobe, { name: 'tsplay-t-nosuch' }, { mode: 'check' })
    expect(changes).toEqual([{ field: 'state', before: 'absent', after: 'loaded' }])
  })
})
