import { describe, expect, it } from 'vitest'
import service from '#modules/service.ts'
import serviceFacts from '#modules/service-facts.ts'
import systemd from '#modules/systemd.ts'
import { withLabHost } from '../support/lab.ts'
import { fieldsOf } from '../support/with-bench.ts'

describe('units on a host with systemd', () => {
  const host = withLabHost('web1')
  const unit =
    '[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n'

  it('defines, enables and starts a unit in one task', async () => {
    const outcome = await host().converge(systemd, {
      name: 'tsplay-t',
      unit,
      state: 'started',
      enabled: true,
    })
    expect(fieldsOf(outcome)).toEqual(['unit', 'enabled', 'state'])
    expect(await host().look('systemctl is-active tsplay-t; systemctl is-enabled tsplay-t')).toBe(
      'active\nenabled\n',
    )
  })

  it('adds a drop-in file, loads it and restarts', async () => {
    const dropin = { name: 'limits', content: '[Service]\nLimitNOFILE=4321' }
    await host().converge(systemd, { name: 'tsplay-t', dropin })
    expect(await host().look('systemctl show -p NeedDaemonReload,LimitNOFILE tsplay-t | sort')).toBe(
      'LimitNOFILE=4321\nNeedDaemonReload=no\n',
    )
    await host().converge(systemd, { name: 'tsplay-t', dropin: { name: 'limits', state: 'absent' } })
    expect(await host().look('ls /etc/systemd/system/tsplay-t.service.d')).toBe('')
  })

  it('loads units that somebody else changed, and only then', async () => {
    expect(fieldsOf(await host().run(systemd, { daemon_reload: true }))).toEqual([])
    await host().look('echo "# more" >>/etc/systemd/system/tsplay-t.service')
    // As a new run would see it.
    const outcome = await host().converge(systemd, { name: 'tsplay-t', daemon_reload: true })
    expect(fieldsOf(outcome)).toEqual(['daemon_reload'])
  })

  it('restarts and reloads each time without being called unsettled', async () => {
    const pid = 'systemctl show -p MainPID --value tsplay-t'
    const before = await host().look(pid)
    const outcome = await host().run(service, { name: 'tsplay-t', state: 'restarted' })
    expect([fieldsOf(outcome), outcome.unsettled]).toEqual([['state'], []])
    const after = await host().look(pid)
    expect(after).not.toBe(before)
    await host().run(service, { name: 'tsplay-t', state: 'reloaded' })
    expect(await host().look(pid)).toBe(after)
  })

  it('stops, disables and masks', async () => {
    await host().converge(service, { name: 'tsplay-t', state: 'stopped', enabled: false })
    expect(await host().look('systemctl is-active tsplay-t; systemctl is-enabled tsplay-t || :')).toBe(
      'inactive\ndisabled\n',
    )
    await host().converge(systemd, { name: 'tsplay-none', masked: true })
    expect(await host().look('systemctl is-enabled tsplay-none || :')).toBe('masked\n')
    await host().converge(systemd, { name: 'tsplay-none', masked: false })
  })

  it('shows why a unit does not start', async () => {
    const broken = '[Service]\nExecStart=/bin/sh -c "echo no config found; exit 3"\nType=oneshot\n'
    const asked = host().run(systemd, { name: 'tsplay-broken', unit: broken, state: 'started' })
    await expect(asked).rejects.toMatchObject({
      details: { stderr: expect.stringContaining('no config found') },
    })
  })

  it('refuses services that are not there, in check mode too', async () => {
    const asked = host().run(service, { name: 'tsplay-nosuch', state: 'started' }, 'check')
    await expect(asked).rejects.toThrow('The host has no service tsplay-nosuch.service.')
  })

  it('lists services by their unit names', async () => {
    const { result } = await host().run(serviceFacts, {})
    expect(result.data?.['services']).toMatchObject({
      'ssh.service': { state: 'running', status: 'enabled' },
    })
  })
})
