import { describe, expect, it } from 'vitest'
import systemd from '#modules/systemd.ts'
import type { SystemdUnit } from '#sdk/systemd-unit.ts'
import { unitScript } from '#sdk/unit-work.ts'
import { textFile } from '../support/text-file.ts'
import { fieldsOf } from '../support/with-bench.ts'

const present: SystemdUnit = {
  load: 'loaded',
  active: 'active',
  sub: 'running',
  enabled: 'enabled',
  path: '',
  needsReload: false,
  canReload: false,
  invocation: '',
  properties: {},
  error: '',
}
const missing: SystemdUnit = { ...present, load: 'not-found', active: 'inactive', sub: 'dead', enabled: '' }

describe('systemd', () => {
  const plan = (args: object, state: object = {}) =>
    systemd.plan({
      args: { name: 'x', ...args },
      state: { unit: present, initEnabled: undefined, files: [], outdated: [], ...state },
      mode: 'apply',
    })

  it.each([
    [{ masked: true }, {}, ['masked']],
    [{ masked: true }, { unit: { ...present, load: 'masked' } }, []],
    [{ masked: true }, { unit: missing }, ['masked']],
    [
      { masked: false, state: 'started' },
      { unit: { ...missing, load: 'masked', enabled: 'masked' } },
      ['masked', 'state'],
    ],
    [{ daemon_reload: true }, {}, []],
    [{ daemon_reload: true }, { outdated: ['x.service'] }, ['daemon_reload']],
    [{ enabled: false }, { unit: { ...present, enabled: 'generated' }, initEnabled: true }, ['enabled']],
    [{ enabled: true }, { unit: { ...present, enabled: 'generated' }, initEnabled: true }, []],
  ])('%j with %j changes %j', (args, state, fields) => {
    expect(fieldsOf({ changes: plan(args, state) })).toEqual(fields)
  })

  it('shows the text of a unit that it defines, and starts it although it is not there yet', () => {
    const path = '/etc/systemd/system/x.service'
    const files = [{ field: 'unit' as const, path, present: textFile(path), wanted: '[Service]' }]
    const changes = plan({ unit: '[Service]', state: 'started', enabled: true }, { unit: missing, files })
    expect(changes).toMatchObject([
      { field: 'unit', before: 'absent', diff: { path, after: '[Service]\n' } },
      { field: 'enabled' },
      { field: 'state' },
    ])
  })

  it('asks for the name of the unit', () => {
    expect(() => plan({ name: undefined, state: 'started' })).toThrow('`name` is missing')
  })

  it('calls systemctl in an order in which each step finds what it needs', () => {
    const wish = {
      unit: 'x.service',
      scope: 'user',
      state: 'restarted',
      enabled: true,
      masked: false,
      noBlock: true,
    } as const
    const fields = new Set(['masked', 'enabled', 'state'])
    const { text } = unitScript({ wish, unit: present, fields, daemonReload: true, daemonReexec: false })
    const calls = [...text.matchAll(/systemctl --user (\S+)/g)].map(([, verb]) => verb)
    expect(calls).toEqual(['daemon-reload', 'unmask', 'enable', 'restart', 'status'])
    expect(text).toContain('restart --no-block x.service')
    expect(text).toContain('XDG_RUNTIME_DIR=')
  })
})
