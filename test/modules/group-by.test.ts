import { expect, test } from 'vitest'
import groupBy from '#modules/group-by.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()

test.each([
  [{ key: 'os_debian' }, { groups: ['os_debian'], parents: ['all'] }],
  [
    { key: 'os Red Hat', parents: 'by os, systems' },
    { groups: ['os-Red-Hat'], parents: ['by-os', 'systems'] },
  ],
])('puts the host into a group: %j', async (args, groupBy_) => {
  const { result } = await bench().run(groupBy, args)
  expect([result.changed, result.effects]).toEqual([true, { groupBy: groupBy_ }])
})
