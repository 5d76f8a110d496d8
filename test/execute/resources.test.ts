import { expect, test } from 'vitest'
import { touches } from '#execute/resources.ts'

const path = (name?: string) => ({ kind: 'path', ...(name === undefined ? {} : { name }) }) as const

test.each([
  ['the same path', path('/etc/a'), path('/etc/a'), true],
  ['a folder above', path('/etc/a/b'), path('/etc/a'), true],
  ['what lies below', path('/etc'), path('/etc/a/b'), true],
  ['a name that only begins alike', path('/etc/app'), path('/etc/apparmor'), false],
  ['another folder', path('/srv/x'), path('/etc/a'), false],
  ['the same last name, since links give files two paths', path('/run/x.pid'), path('/var/run/x.pid'), true],
  ['all paths', path(), path('/etc/a'), true],
  ['another kind', { kind: 'unit', name: 'a' } as const, path('/etc/a'), false],
  ['another unit', { kind: 'unit', name: 'a' } as const, { kind: 'unit', name: 'b' } as const, false],
  ['everything', { kind: 'everything' } as const, path('/etc/a'), true],
])('a write touches %s: %j → %j is %s', (_, written, read, expected) => {
  expect(touches(written, read)).toBe(expected)
})
