import { expect, test } from 'vitest'
import addHost from '#modules/add-host.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()

test('hands on the host with its groups, and any other argument as a variable', async () => {
  const { result, changes } = await bench().run(addHost, {
    name: 'web9',
    groups: 'web, new',
    ssh_port: 2222,
    tags: ['a'],
  })
  expect(changes).toEqual([])
  expect(result).toMatchObject({
    changed: true,
    effects: { addHost: { name: 'web9', groups: ['web', 'new'], vars: { ssh_port: 2222, tags: ['a'] } } },
  })
})

test('needs no groups', async () => {
  const { result } = await bench().run(addHost, { name: 'web9' })
  expect(result.effects).toEqual({ addHost: { name: 'web9', groups: [], vars: {} } })
})
