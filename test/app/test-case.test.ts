import { describe, expect, it } from 'vitest'
import { labName } from '#app/test-case.ts'
import { namePattern } from '#lab/lab-spec.ts'

describe('the lab of a test', () => {
  it('is named after role, scenario and release', () => {
    expect(labName({ role: 'web', scenario: 'default', suite: 'trixie' })).toBe('test-web-default-trixie')
  })

  it('has a short name that no other test has, however long theirs are', () => {
    const names = ['a', 'b'].map((end) =>
      labName({ role: 'kubeadm-worker', scenario: `From_partially_joined_${end}`, suite: 'bookworm' }),
    )
    expect(names.every((name) => namePattern.test(name))).toBe(true)
    expect(new Set(names).size).toBe(2)
  })
})
