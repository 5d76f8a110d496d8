import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import cpu from '#facts/cpu.ts'
import dateTime from '#facts/date-time.ts'
import disks from '#facts/disks.ts'
import { hostFacts } from '#facts/host-facts.ts'
import memory from '#facts/memory.ts'
import mounts from '#facts/mounts.ts'
import network from '#facts/network.ts'
import os from '#facts/os.ts'
import packages from '#facts/packages.ts'
import services from '#facts/services.ts'
import { recorded } from '../support/recorded.ts'
import { toolSets } from '../support/shell-fact.ts'

describe('os', () => {
  it.each([
    [
      'debian-12',
      { distribution: 'Debian', family: 'Debian', version: '12.11', major: '12', codename: 'bookworm' },
    ],
    [
      'debian-testing',
      { distribution: 'Debian', family: 'Debian', version: '', major: '', codename: 'trixie' },
    ],
    [
      'ubuntu-24.04',
      { distribution: 'Ubuntu', family: 'Debian', version: '24.04', major: '24', codename: 'noble' },
    ],
    [
      'alpine-3.20',
      { distribution: 'Alpine', family: 'Alpine', version: '3.20.3', major: '3', codename: '' },
    ],
    ['fedora-41', { distribution: 'Fedora', family: 'RedHat', version: '41', major: '41', codename: '' }],
    [
      'rocky-9',
      { distribution: 'Rocky', family: 'RedHat', version: '9.4', major: '9', codename: 'Blue Onyx' },
    ],
    ['derivative', { family: 'Debian', version: '3', major: '3' }],
  ])('knows %s', (host, expected) => {
    expect(os.parse(recorded('os', host))).toMatchObject(expected)
  })
})

describe('memory and cpu', () => {
  it('counts mebibytes', () => {
    expect(memory.parse(recorded('memory', 'debian-12'))).toEqual({
      total_mb: 1966,
      free_mb: 793,
      available_mb: 1494,
      swap_total_mb: 974,
      swap_free_mb: 974,
    })
  })

  it.each([
    ['x86-two-sockets', { count: 3, cores: 2, sockets: 2, model: 'Intel(R) Xeon(R) CPU' }],
    ['raspberry-pi', { count: 2, cores: 2, sockets: 1, model: 'Raspberry Pi 4 Model B Rev 1.4' }],
  ])('counts the cores of %s', (host, expected) => {
    expect(cpu.parse(recorded('cpu', host))).toEqual(expected)
  })
})

describe('network', () => {
  const value = network.parse(recorded('network', 'debian-12'))

  it('finds the default route with its interface', () => {
    expect(value.default_ipv4).toEqual({
      address: '192.0.2.10',
      prefix: 24,
      interface: 'eth0',
      gateway: '192.0.2.1',
      macaddress: '52:54:00:12:34:56',
      mtu: 1500,
    })
    expect(value.default_ipv6).toEqual({})
  })

  it('lists addresses without loopback and link-local ones', () => {
    expect(value.all_ipv4).toEqual(['192.0.2.10', '192.0.2.11', '10.9.0.1'])
    expect(value.all_ipv6).toEqual(['2001:db8:1::10'])
  })

  it('says which interfaces are up', () => {
    const up = Object.entries(value.interfaces).filter(([, { up }]) => up)
    expect(up.map(([name]) => name)).toEqual(['eth0', 'lo', 'wg0'])
  })
})

it('measures local file systems and lists network ones', () => {
  expect(mounts.parse(recorded('mounts', 'debian-12'))).toMatchObject([
    { mount: '/run', fstype: 'tmpfs', size_total: 201396 * 1024 },
    { mount: '/', device: '/dev/sda1', size_available: 14942108 * 1024 },
    { mount: '/srv/my data', size_total: 1038336 * 1024 },
    { mount: '/mnt/nas', device: 'nas:/export', size_total: 0 },
  ])
})

it('lists disks with their partitions, in bytes', () => {
  const { sda, nvme0n1 } = disks.parse(recorded('disks', 'debian-12'))
  expect(sda).toMatchObject({
    size_bytes: 20 * 1024 ** 3,
    rotational: true,
    model: 'QEMU HARDDISK',
    serial: 'QM00001',
  })
  expect(sda?.partitions.map(({ name }) => name)).toEqual(['sda1', 'sda2'])
  expect(nvme0n1).toMatchObject({ size_bytes: 1_024_000, rotational: false, read_only: true, partitions: [] })
})

describe('services', () => {
  it.each([
    ['systemd', 'ssh.service', { state: 'running', status: 'enabled' }],
    ['systemd', 'broken.service', { state: 'failed', status: 'disabled' }],
    ['systemd', 'systemd-tmpfiles-setup.service', { state: 'stopped', status: 'static' }],
    ['systemd', 'getty@.service', { state: 'inactive', status: 'enabled' }],
    ['systemd', 'auditd.service', undefined],
    ['openrc', 'crond', { state: 'running', status: 'enabled' }],
    ['openrc', 'sshd', { state: 'failed', status: 'enabled' }],
    ['openrc', 'nginx', { state: 'stopped', status: 'disabled' }],
    ['sysvinit', 'ssh', { state: 'running', status: 'enabled' }],
    ['sysvinit', 'hwclock.sh', { state: 'unknown', status: 'disabled' }],
  ])('on %s, %s is as it is', (manager, name, expected) => {
    const found = services.parse(recorded('services', manager))[name]
    if (expected === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(expected)
  })
})

describe('packages', () => {
  it('leaves out what was removed and keeps all architectures', () => {
    const value = packages.parse(recorded('packages', 'apt'))
    expect(Object.keys(value)).toEqual(['bash', 'libc6'])
    expect(value['libc6']?.map(({ arch }) => arch)).toEqual(['amd64', 'i386'])
  })

  it.each([
    ['apk', 'musl', '1.2.5-r0'],
    ['rpm', 'kernel-core', '6.11.4-301.fc41'],
  ])('reads the database of %s', (manager, name, version) => {
    expect(packages.parse(recorded('packages', manager))[name]?.[0]).toMatchObject({
      version,
      source: manager,
    })
  })
})

it('tells the time in the zone of the host', () => {
  expect(dateTime.parse(recorded('date-time', 'debian-12'))).toMatchObject({
    date: '2026-01-04',
    time: '09:05:07',
    weekday: 'Sunday',
    weekday_number: 0,
    tz_offset: '+0100',
    iso8601: '2026-01-04T08:05:07Z',
  })
})

describe('the scripts', () => {
  const tools = toolSets()
  afterAll(() => tools.close())

  for (const { name, shell, path } of tools.sets) {
    it.each([...hostFacts.facts])(`${name}: %s gives a value and no noise`, (_fact, fact) => {
      const [program = '', ...words] = shell
      const output = spawnSync(program, [...words, '-c', fact.script], {
        encoding: 'utf8',
        env: { PATH: path, HOME: '/' },
      })
      expect(output.stderr).toBe('')
      expect(fact.parse({ rc: output.status ?? -1, stdout: output.stdout, stderr: '' })).toBeDefined()
    })
  }
})

it('has a recording for each family of hosts that parsers treat differently', () => {
  const folder = new URL('./recorded/os/', import.meta.url)
  expect(readdirSync(folder).length).toBeGreaterThanOrEqual(6)
})
