import { describe, expect, it } from 'vitest'
import apk from '#modules/apk.ts'
import { commandText } from '#sdk/quote.ts'
import { fieldsOf } from '../support/with-bench.ts'

const nginx = { installed: true, version: '1.24.0-r6', wanted: true, upgrade: '1.24.0-r7' }
const missing = { installed: false, version: '', wanted: false, upgrade: '' }

describe('apk', () => {
  const plan = (args: object, state: object = {}) =>
    apk.plan({
      args: { name: ['nginx'], ...args },
      state: { packages: [nginx], upgrades: [], stale: false, ...state },
      mode: 'apply',
    })

  it.each([
    [{}, {}, []],
    [{}, { packages: [missing] }, ['package nginx']],
    [{}, { packages: [{ ...nginx, wanted: false }] }, ['package nginx']],
    [{ state: 'latest' }, {}, ['package nginx']],
    [{ state: 'latest' }, { packages: [{ ...nginx, upgrade: '' }] }, []],
    [{ name: ['nginx=1.24.0-r6'] }, {}, []],
    [{ name: ['nginx=1.25.0-r0'] }, {}, ['package nginx=1.25.0-r0']],
    [{ state: 'absent' }, {}, ['package nginx']],
    [{ state: 'absent' }, { packages: [missing] }, []],
    [{ update_cache: true }, { stale: true }, []],
    [{ update_cache: true }, { stale: true, packages: [missing] }, ['index', 'package nginx']],
    [{ name: [], update_cache: true }, { stale: true, packages: [] }, ['index']],
    [{ name: [], upgrade: true }, { packages: [], upgrades: ['musl'] }, ['upgrade musl']],
  ])('%j with %j changes %j', (args, state, fields) => {
    expect(fieldsOf({ changes: plan(args, state) })).toEqual(fields)
  })

  it('refreshes, then adds, in one script', async () => {
    const scripts: string[] = []
    const host = {
      run: async (command: Parameters<typeof commandText>[0]) => {
        scripts.push(commandText(command))
        return { rc: 0, stdout: '', stderr: '' }
      },
    }
    const changes = plan({ update_cache: true }, { stale: true, packages: [missing] })
    // @ts-expect-error: only `run` is called
    await apk.apply?.({ host, args: { name: ['nginx'], update_cache: true }, changes })
    expect(scripts[0]).toMatch(/apk update[\s\S]*apk add {1,3}nginx/)
  })
})
