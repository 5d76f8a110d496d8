import { describe, expect, it } from 'vitest'
import apt from '#modules/apt.ts'
import hostname from '#modules/hostname.ts'
import iptables from '#modules/iptables.ts'
import mount from '#modules/mount.ts'
import setup from '#modules/setup.ts'
import sysctl from '#modules/sysctl.ts'
import timezone from '#modules/timezone.ts'
import user from '#modules/user.ts'
import { withLabHost } from '../support/lab.ts'
import { fieldsOf } from '../support/with-bench.ts'

describe('a host with systemd', () => {
  const host = withLabHost('node1', ['iptables'])

  it('gets a name', async () => {
    await host().converge(hostname, { name: 'renamed' })
    expect(await host().look('uname -n; cat /etc/hostname')).toBe('renamed\nrenamed\n')
  })

  it('gets a setting of its network, kept and live', async () => {
    const args = {
      name: 'net.ipv4.ip_forward',
      value: '1',
      sysctl_set: true,
      sysctl_file: '/etc/sysctl.d/90-t.conf',
    }
    await host().converge(sysctl, args)
    expect(await host().look('cat /proc/sys/net/ipv4/ip_forward /etc/sysctl.d/90-t.conf')).toBe(
      '1\nnet.ipv4.ip_forward = 1\n',
    )
  })

  it('mounts from its own table', async () => {
    const args = { path: '/srv/scratch', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m', state: 'mounted' }
    expect(fieldsOf(await host().converge(mount, args))).toEqual(['fstab', 'mount'])
    expect(
      await host().look(
        'findmnt -no FSTYPE /srv/scratch; systemctl show -p NeedDaemonReload srv-scratch.mount',
      ),
    ).toBe('tmpfs\nNeedDaemonReload=no\n')
    await host().converge(mount, { path: '/srv/scratch', state: 'absent' })
  })

  it('installs packages with apt, refreshing lists once', async () => {
    const outcome = await host().converge(apt, { name: ['jq', 'iptables'], update_cache: true })
    expect(outcome.changes.at(-1)).toMatchObject({ before: 'absent' })
    expect(await host().look('echo "[1]" | jq -c .')).toBe('[1]\n')
  })

  it('keeps a time zone in all its places', async () => {
    await host().converge(timezone, { name: 'Europe/Vienna' })
    const shown = await host().look('readlink -f /etc/localtime; cat /etc/timezone; date -d @0 +%Z')
    expect(shown).toBe('/usr/share/zoneinfo/Europe/Vienna\nEurope/Vienna\nCET\n')
  })

  it('has a firewall whose rules are found again', async () => {
    const rule = {
      chain: 'INPUT',
      protocol: 'tcp',
      destination_ports: ['80', '443'],
      jump: 'ACCEPT',
      comment: 'web & co',
    }
    await host().converge(iptables, rule)
    await host().converge(iptables, { ...rule, ctstate: ['NEW'], action: 'insert', rule_num: '1' })
    expect(await host().look('iptables -S INPUT | grep -c ACCEPT')).toBe('3\n')
    await host().converge(iptables, { chain: 'FORWARD', policy: 'DROP' })
    await host().converge(iptables, {
      chain: 'MINE',
      chain_management: true,
      protocol: 'tcp',
      jump: 'RETURN',
    })
    await host().converge(iptables, { ...rule, state: 'absent' })
    expect(await host().look('iptables -S | grep -e MINE -e "-P FORWARD"')).toBe(
      '-P FORWARD DROP\n-N MINE\n-A MINE -p tcp -j RETURN\n',
    )
  })

  it('has users whose passwords work', async () => {
    const hash = (await host().look("openssl passwd -6 'pa ss' 2>/dev/null || printf '%s' '$6$a$b'")).trim()
    await host().converge(user, {
      name: 'ada',
      password: hash,
      groups: ['sudo'],
      append: true,
      generate_ssh_key: true,
    })
    expect(await host().look('getent shadow ada | cut -d: -f2; id -nG ada')).toBe(`${hash}\nada sudo\n`)
  })

  it('tells its facts', async () => {
    const { result } = await host().run(setup, {})
    expect(result.data?.['facts']).toMatchObject({
      os: { distribution: 'Debian', family: 'Debian' },
      service_manager: 'systemd',
      package_manager: 'apt',
      virtualization: 'systemd-nspawn',
      network: { all_ipv4: [expect.stringMatching(/^10\.10\./)] },
    })
  })
})
