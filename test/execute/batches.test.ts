import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchesOf } from '#execute/batches.ts'
import type { BatchSize } from '#model/program.ts'

const hosts = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `h${i}`)

const cases: readonly (readonly [number, readonly BatchSize[], readonly number[]])[] = [
  [5, [], [5]],
  [5, [{ count: 2 }], [2, 2, 1]],
  [5, [{ count: 0 }], [5]],
  [5, [{ count: 9 }], [5]],
  [10, [{ percent: 30 }], [3, 3, 3, 1]],
  [10, [{ percent: 1 }], Array.from({ length: 10 }, () => 1)],
  [10, [{ count: 1 }, { percent: 20 }, { count: 5 }], [1, 2, 5, 2]],
  [0, [{ count: 2 }], []],
]

test.each(cases)('cuts %i hosts by %j into %j', (count, serial, sizes) => {
  expect(batchesOf(hosts(count), serial).map(({ length }) => length)).toEqual(sizes)
})

test('every host is in exactly one batch, in order', () => {
  const size = fc.oneof(
    fc.record({ count: fc.nat(7) }),
    fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
  )
  fc.assert(
    fc.property(fc.nat(40), fc.array(size, { maxLength: 4 }), (count, serial) => {
      expect(batchesOf(hosts(count), serial).flat()).toEqual(hosts(count))
    }),
  )
})
