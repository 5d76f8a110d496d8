import { describe, expect, it } from 'vitest'
import group from '#modules/group.ts'
import { fieldsOf, isRoot, withBench } from '../support/with-bench.ts'

describe.skipIf(!isRoot)('group', () => {
  const name = `tsplay-t-group-${process.pid}`
  const bench = withBench((open) => open.run(group, { name, state: 'absent' }))

  it('creates, renumbers and removes a group, and settles each time', async () => {
    expect((await bench().converge(group, { name, system: true })).changes).toEqual([
      { field: 'state', before: 'absent', after: 'present' },
    ])
    const renumbered = await bench().converge(group, { name, gid: 61234 })
    expect(renumbered.changes).toMatchObject([{ field: 'gid', after: 61234 }])
    expect(renumbered.result.data).toEqual({ name, state: 'present', gid: 61234 })
    expect(fieldsOf(await bench().converge(group, { name, state: 'absent' }))).toEqual(['state'])
  })

  it('only says in check mode what it would do', async () => {
    const never = 'tsplay-t-never'
    expect(fieldsOf(await bench().run(group, { name: never, gid: 61235 }, { mode: 'check' }))).toEqual([
      'state',
      'gid',
    ])
    expect(fieldsOf(await bench().run(group, { name: never, state: 'absent' }))).toEqual([])
  })

  it('refuses names that no group can have', async () => {
    await expect(bench().run(group, { name: '-x' })).rejects.toThrow('bad arguments')
  })
})
