import { expect, test } from 'vitest'
import { joinAptArgs } from '#sdk/apt-join.ts'

test.each([
  [
    [{ name: ['a'] }, { name: ['b', 'a'] }],
    ['a', 'b'],
  ],
  [
    [{ name: ['a'], state: 'present' as const }, { name: ['b'] }],
    ['a', 'b'],
  ],
  [
    [
      { name: ['a=1.*'], update_cache: true },
      { update_cache: true, name: ['b'] },
    ],
    ['a=1.*', 'b'],
  ],
])('tasks that agree are one: %j', (all, name) => {
  expect(joinAptArgs(all)?.name).toEqual(name)
})

test.each([
  [{ name: ['a'] }, { name: ['b'], state: 'absent' as const }],
  [{ name: ['a'] }, { name: ['b'], install_recommends: false }],
  [{ name: ['a'] }, { name: ['b'], update_cache: true }],
  [{ name: ['a'] }, { name: ['b*'] }],
  [{ name: ['a'] }, { upgrade: 'dist' as const }],
  [
    { name: ['a'], deb: 'a.deb' },
    { name: ['b'], deb: 'a.deb' },
  ],
])('those that do not are not: %j, %j', (one, other) => {
  expect(joinAptArgs([one, other])).toBeUndefined()
})
