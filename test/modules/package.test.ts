import { describe, expect, it } from 'vitest'
import packageModule from '#modules/package.ts'
import { packageScript } from '#sdk/package-script.ts'
import { fieldsOf } from '../support/with-bench.ts'

// For real, with apt on a root folder of its own: apt.test.ts.
describe('package', () => {
  const found = { installed: true, version: '1', newer: '' }
  const plan = (state: 'present' | 'latest' | 'absent', present: object = {}, manager = 'apt') =>
    packageModule.plan({
      args: { name: ['x'], state },
      state: { manager, packages: [{ ...found, ...present }] },
      mode: 'apply',
    })

  it.each([
    ['present' as const, {}, []],
    ['present' as const, { installed: false }, ['package x']],
    ['latest' as const, { newer: '2' }, ['package x']],
    ['absent' as const, {}, ['package x']],
    ['absent' as const, { installed: false }, []],
  ])('%s with %j changes %j', (state, present, fields) => {
    expect(fieldsOf({ changes: plan(state, present) })).toEqual(fields)
  })

  it('names the package managers it knows when it meets another', () => {
    expect(() => plan('present', {}, 'emerge')).toThrow('emerge; it knows apt, dnf, yum, zypper, apk.')
  })

  it.each([
    ['apt', 'tsplay_apt_refresh install x'],
    ['apk', 'apk add'],
    ['zypper', 'zypper --non-interactive install x'],
    ['dnf', '"$tool" -y'],
  ])('calls %s', (manager, words) => {
    expect(packageScript({ manager, names: ['x'], absent: false, latest: false }).text).toContain(words)
  })
})
