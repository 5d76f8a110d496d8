import { describe, expect, it } from 'vitest'
import { testJobs } from '#app/test-jobs.ts'

describe('how many scenarios are tested at a time', () => {
  it.each([
    ['one more than there are processors', [1, 2], { processors: 4, availableMb: 16_000 }, 5],
    [
      'as many as the memory holds of the largest, beside one that comes or goes',
      [1, 8],
      { processors: 16, availableMb: 4000 },
      2,
    ],
    ['one, on a machine that is full', [3], { processors: 2, availableMb: 10 }, 1],
  ])('is %s', async (_, hosts, machine, jobs) => {
    expect(await testJobs(hosts, machine)).toBe(jobs)
  })

  it('is at least one on this machine', async () => {
    expect(await testJobs([1])).toBeGreaterThan(0)
  })
})
