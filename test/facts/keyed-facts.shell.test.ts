import { afterAll, describe, expect, it } from 'vitest'
import apkPackages from '#facts/apk-packages.ts'
import aptCandidate, { candidateKey } from '#facts/apt-candidate.ts'
import aptSimulation from '#facts/apt-simulation.ts'
import debPackages from '#facts/deb-packages.ts'
import dnfCheck from '#facts/dnf-check.ts'
import groupEntry from '#facts/group-entry.ts'
import kernelModules from '#facts/kernel-modules.ts'
import rpmPackages from '#facts/rpm-packages.ts'
import sysctlValue, { sysctlPath } from '#facts/sysctl-value.ts'
import systemdUnit from '#facts/systemd-unit.ts'
import timeZone from '#facts/time-zone.ts'
import userEntry from '#facts/user-entry.ts'
import { recorded } from '../support/recorded.ts'
import { askHere, toolSets } from '../support/shell-fact.ts'

describe('packages', () => {
  it('knows what dpkg says of several architectures, of remains and of names that others provide', () => {
    const names = ['bash', 'libc6', 'libc6:i386', 'exim4', 'default-mta', 'nosuch', 'ba*']
    const found = debPackages.parse(recorded('deb-packages', 'debian-12'), names)
    expect(found).toMatchObject([
      { installed: true, version: '5.2.15-2+b8', selection: 'install' },
      { installed: true, version: '2.36-9', selection: 'hold' },
      { installed: false },
      { installed: false, status: 'config-files', version: '' },
      { installed: false, providers: ['postfix'] },
      { installed: false, status: 'not-installed', providers: [] },
      { installed: true },
    ])
  })

  it('knows what apt would choose, also from another release', () => {
    const keys = [
      candidateKey('bash'),
      candidateKey('mail-transport-agent'),
      candidateKey('bash', 'bookworm-backports'),
    ]
    const [bash, virtual, backport] = aptCandidate.parse(recorded('apt-candidate', 'debian-12'), keys)
    expect(bash?.candidate).toBe('5.2.15-2+b13')
    expect(bash?.versions.map(({ version }) => version)).toEqual(['5.2.15-2+b13', '5.2.15-2+b8'])
    expect(bash?.versions[0]?.sources).toEqual([
      'http://mirror.example.org/debian bookworm/main amd64 Packages',
    ])
    expect(virtual).toEqual({ candidate: '', versions: [] })
    expect(backport?.candidate).toBe('5.2.21-2~bpo12+1')
  })

  it('reads what apt-get would do', () => {
    expect(aptSimulation.parse(recorded('apt-simulation', 'debian-12'), ['1', '2', '3'])).toEqual([
      {
        error: '',
        steps: [
          { package: 'nginx-common', before: '', after: '1.22.1-9' },
          { package: 'bash', before: '5.2.15-2+b8', after: '5.2.15-2+b13' },
          { package: 'exim4', before: '4.96-15', after: '' },
        ],
      },
      { error: 'E: Unable to locate package nosuch', steps: [] },
      { error: '', steps: [{ package: 'libfoo', before: '1.0-1', after: '' }] },
    ])
  })

  it("reads apk's database, its wishes and newer versions", () => {
    expect(apkPackages.parse(recorded('apk-packages', 'alpine-3.20'), ['musl', 'busybox', 'nginx'])).toEqual([
      { installed: true, version: '1.2.5-r0', wanted: false, upgrade: '' },
      { installed: true, version: '1.36.1-r29', wanted: true, upgrade: '1.36.1-r31' },
      { installed: false, version: '', wanted: true, upgrade: '' },
    ])
  })

  it('reads rpm, messages aside', () => {
    const found = rpmPackages.parse(recorded('rpm-packages', 'fedora-41'), ['nginx', 'httpd', 'kernel-core'])
    expect(found.map((each) => each.map(({ version }) => version))).toEqual([
      ['1.26.2-3.fc41'],
      [],
      ['6.11.4-301.fc41', '6.11.5-300.fc41'],
    ])
    const { upgrades, groups } = dnfCheck.parse(recorded('dnf-check', 'fedora-41'))
    expect([...upgrades]).toEqual(['bash', 'kernel-core'])
    expect(groups.has('development')).toBe(true)
    expect(groups.has('system tools')).toBe(true)
  })
})

describe('units', () => {
  it('gives each unit its own state, whatever the scope', () => {
    const keys = ['system/ssh.service', 'global/x.service', 'system/nosuch.service']
    expect(systemdUnit.parse(recorded('systemd-unit', 'debian-12'), keys)).toMatchObject([
      { load: 'loaded', active: 'active', sub: 'running', enabled: 'enabled', canReload: true },
      { load: 'loaded', enabled: 'disabled' },
      { load: 'not-found', active: 'inactive', enabled: '' },
    ])
  })

  it('keeps the reason when systemd does not answer', () => {
    const [unit] = systemdUnit.parse(recorded('systemd-unit', 'not-booted'), ['system/ssh.service'])
    expect(unit).toMatchObject({ load: 'unavailable' })
    expect(unit?.error).toContain('not been booted with systemd')
  })
})

it('reads the time zone in both its places', () => {
  expect(timeZone.parse(recorded('time-zone', 'debian-12'))).toEqual({
    link: 'Europe/Vienna',
    file: 'Europe/Berlin',
    hwclock: 'local',
  })
})

it.each([
  ['net.ipv4.ip_forward', '/proc/sys/net/ipv4/ip_forward'],
  ['net/ipv4/ip_forward', '/proc/sys/net/ipv4/ip_forward'],
  ['net.ipv4.conf.eth0/100.forwarding', '/proc/sys/net/ipv4/conf/eth0.100/forwarding'],
  ['net/ipv4/conf/eth0.100/forwarding', '/proc/sys/net/ipv4/conf/eth0.100/forwarding'],
])('finds the file of the setting %s', (key, path) => {
  expect(sysctlPath(key)).toBe(path)
})

describe('asked on this machine', () => {
  const tools = toolSets()
  afterAll(() => tools.close())

  for (const set of tools.sets) {
    it(`${set.name}: accounts and groups, many in one go`, () => {
      const [root, nobody, missing] = askHere(userEntry, ['root', 'nobody', 'tsplay-t-nosuch'], set, '/')
      expect(root).toMatchObject({ exists: true, uid: 0, group: 'root', homeExists: true, local: true })
      expect(nobody).toMatchObject({ exists: true, name: 'nobody' })
      expect(missing).toMatchObject({ exists: false, name: 'tsplay-t-nosuch' })
      expect(askHere(groupEntry, ['root', '0', 'tsplay-t-nosuch'], set, '/')).toMatchObject(
        [{ name: 'root', gid: 0 }, { name: 'root', gid: 0 }, undefined].map((entry) => entry ?? undefined),
      )
    })

    it(`${set.name}: kernel settings and modules`, () => {
      const [type, missing] = askHere(sysctlValue, ['kernel.ostype', 'kernel.nosuch'], set, '/')
      expect(type).toBe('Linux')
      expect(missing).toBeUndefined()
      expect(askHere(kernelModules, ['tsplay-t-nosuch'], set, '/')).toEqual(['absent'])
    })
  }
})
