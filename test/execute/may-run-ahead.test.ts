import { expect, test } from 'vitest'
import { reachesOthers } from '#execute/may-run-ahead.ts'
import type { Resource } from '#model/change.ts'
import service from '#modules/service.ts'

test.each<[Resource, boolean]>([
  [{ kind: 'everything' }, true],
  [{ kind: 'network' }, true],
  [{ kind: 'path' }, false],
  [{ kind: 'user', name: 'ada' }, false],
])('hosts in lockstep come to a task together when it may reach the others: %j', (touched, reaches) => {
  expect(reachesOthers([{ kind: 'package' }, touched])).toBe(reaches)
})

test('a service is what other hosts have to do with', () => {
  const args = { name: 'etcd', state: 'restarted' as const }
  const touched = service.touches?.({ args, state: undefined as never, changes: [] }) ?? []
  expect(reachesOthers(touched)).toBe(true)
})
