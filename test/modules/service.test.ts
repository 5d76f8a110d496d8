import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import service from '#modules/service.ts'
import type { SystemdUnit } from '#sdk/systemd-unit.ts'
import { fieldsOf, isRoot, withBench } from '../support/with-bench.ts'

const unit: SystemdUnit = {
  load: 'loaded',
  active: 'active',
  sub: 'running',
  enabled: 'enabled',
  path: '/lib/systemd/system/x.service',
  needsReload: false,
  canReload: true,
  invocation: '',
  properties: {},
  error: '',
}

describe('service where systemd runs', () => {
  const init = { exists: false, running: false, enabled: false, manager: 'sysvinit' } as const
  const plan = (args: object, present: Partial<SystemdUnit> = {}) =>
    service.plan({
      args: { name: 'x', ...args },
      state: { manager: 'systemd', unit: { ...unit, ...present }, init },
      mode: 'apply',
    })

  it.each([
    ['started', {}, []],
    ['started', { active: 'activating' }, []],
    ['started', { active: 'failed', sub: 'failed' }, ['state']],
    ['started', { active: 'inactive', sub: 'dead' }, ['state']],
    ['stopped', {}, ['state']],
    ['stopped', { active: 'inactive', sub: 'dead' }, []],
    ['stopped', { active: 'failed', sub: 'failed' }, []],
    ['restarted', {}, ['state']],
    ['reloaded', {}, ['state']],
  ])('%s: %j changes %j', (state, present, fields) => {
    expect(fieldsOf({ changes: plan({ state }, present) })).toEqual(fields)
  })

  it.each([
    [true, 'enabled', []],
    [true, 'static', []],
    [true, 'alias', []],
    [true, 'disabled', ['enabled']],
    [true, 'enabled-runtime', ['enabled']],
    [false, 'enabled', ['enabled']],
    [false, 'static', []],
    [false, 'disabled', []],
  ])('enabled %s: a unit that is %s changes %j', (enabled, present, fields) => {
    expect(fieldsOf({ changes: plan({ enabled }, { enabled: present }) })).toEqual(fields)
  })

  it('says which service is missing, and why systemd does not answer', () => {
    expect(() => plan({ state: 'started' }, { load: 'not-found' })).toThrow(
      'The host has no service x.service.',
    )
    expect(() => plan({ state: 'started' }, { load: 'unavailable', error: 'no bus' })).toThrow('no bus')
    expect(() => plan({})).toThrow('`state` or `enabled` is missing')
  })

  it('settles but for what acts each time', () => {
    const settles = (state: 'started' | 'restarted'): boolean | undefined =>
      typeof service.settles === 'function' ? service.settles({ name: 'x', state }) : service.settles
    expect([settles('started'), settles('restarted')]).toEqual([true, false])
  })
})

const hasInit = isRoot && existsSync('/etc/init.d') && !existsSync('/run/systemd/system')

describe.skipIf(!hasInit)('service with an init script', () => {
  const name = `tsplay-t-service-${process.pid}`
  const script = `/etc/init.d/${name}`
  const bench = withBench(async () => {
    rmSync(script, { force: true })
  })

  it('starts, restarts and stops it', async () => {
    const log = `${bench().folder}/log`
    writeFileSync(
      script,
      `#!/bin/sh
up=${bench().folder}/up
echo "$1" >>${log}.calls
case $1 in
  start) : >$up; echo started ;;
  stop) rm -f $up ;;
  restart|reload) : >$up ;;
  status) [ -e $up ] || exit 3 ;;
esac
`,
      { mode: 0o755 },
    )
    expect(fieldsOf(await bench().converge(service, { name, state: 'started' }))).toEqual(['state'])
    const again = await bench().run(service, { name, state: 'restarted' })
    expect([fieldsOf(again), again.unsettled]).toEqual([['state'], []])
    await bench().converge(service, { name, state: 'stopped' })
    const calls = readFileSync(`${log}.calls`, 'utf8')
      .split('\n')
      .filter((call) => call !== 'status' && call !== '')
    expect(calls).toEqual(['start', 'restart', 'stop'])
  })

  it('says what a script said that fails', async () => {
    writeFileSync(script, '#!/bin/sh\n[ "$1" = status ] && exit 3\necho "no config" >&2; exit 6\n', {
      mode: 0o755,
    })
    await expect(bench().run(service, { name, state: 'started' })).rejects.toMatchObject({
      details: { rc: 6, stderr: 'no config\n' },
    })
  })

  it('refuses a service that is not there', async () => {
    const asked = bench().run(service, { name: 'tsplay-t-nosuch', state: 'started' }, { mode: 'check' })
    await expect(asked).rejects.toThrow('The host has no service tsplay-t-nosuch.')
  })
})
