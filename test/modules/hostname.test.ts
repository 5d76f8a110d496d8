import { describe, expect, it } from 'vitest'
import hostname from '#modules/hostname.ts'
import { fieldsOf, withBench } from '../support/with-bench.ts'

describe('hostname', () => {
  const bench = withBench()
  const plan = (kept: string, live: string) =>
    hostname.plan({ args: { name: 'web01' }, state: { kept, live }, mode: 'apply' })

  it.each([
    ['web01', 'web01', []],
    ['old', 'old', ['name', 'live_name']],
    ['web01', 'localhost', ['live_name']],
    ['', 'web01', ['name']],
  ])('kept as "%s" and live "%s" changes %j', (kept, live, fields) => {
    expect(fieldsOf({ changes: plan(kept, live) })).toEqual(fields)
  })

  it('reads the name of this machine', async () => {
    const { changes } = await bench().run(hostname, { name: 'tsplay-t-name' }, { mode: 'check' })
    expect(changes.at(-1)).toMatchObject({ field: 'live_name', after: 'tsplay-t-name' })
  })

  it.each(['-a', 'a_b', 'a..b', 'a'.repeat(65)])('refuses %s', async (name) => {
    await expect(bench().run(hostname, { name })).rejects.toThrow('bad arguments')
  })
})
