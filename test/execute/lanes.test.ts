import { describe, expect, it } from 'vitest'
import { rangesOf } from '#execute/lanes.ts'

describe('the ranges in which a file travels', () => {
  it('are one for a small file, a host nearby, and one that has not answered yet', () => {
    expect(rangesOf(1_000_000, 200)).toEqual([{ from: 0, to: 1_000_000 }])
    expect(rangesOf(100_000_000, 3)).toEqual([{ from: 0, to: 100_000_000 }])
    expect(rangesOf(100_000_000, undefined)).toEqual([{ from: 0, to: 100_000_000 }])
    expect(rangesOf(0, 200)).toEqual([{ from: 0, to: 0 }])
  })

  it.each([16 << 20, (16 << 20) + 1, 99_999_999, 100_000_000])(
    'are four for %i bytes on a long road',
    (size) => {
      const ranges = rangesOf(size, 20)
      expect(ranges).toHaveLength(4)
      expect(ranges.map(({ from }) => from)).toEqual([0, ...ranges.slice(0, -1).map(({ to }) => to)])
      expect(ranges.at(-1)?.to).toBe(size)
      // Each begins where `dd` can begin.
      expect(ranges.map(({ from }) => from % 65_536)).toEqual([0, 0, 0, 0])
      expect(Math.min(...ranges.map(({ from, to }) => to - from))).toBeGreaterThan(4_000_000 - 200_000)
    },
  )
})
