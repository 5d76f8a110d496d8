import { describe, expect, test } from 'vitest'
import { loadInventory } from '#load/load-project.ts'
import { writeFiles } from '../support/write-files.ts'

async function findings(proxmox: string, machines: string, more: Readonly<Record<string, string>> = {}) {
  const cwd = await writeFiles({
    'hosts.yml': `proxmox: { hosts: { ${proxmox} } }\nvms: { hosts: { ${machines} } }\n`,
    ...more,
  })
  const { diagnostics } = await loadInventory({ playbooks: [], inventories: ['hosts.yml'], cwd })
  return diagnostics.map(({ code, message, remedy, range, related }) => ({
    code,
    at: `${range?.file}:${range?.start.line}:${range?.start.column}`,
    first: related?.map((one) => `${one.range.file}:${one.range.start.line}:${one.range.start.column}`),
    text: `${message} ${remedy}`,
  }))
}

const two = 'pve1: , pve2: '

describe('a machine belongs to one Proxmox host', () => {
  test('which need not be said where there is one', async () => {
    expect(await findings('pve1: ', 'a: { vm: { vmid: 103 } }, b: { vm: { vmid: 104 } }')).toEqual([])
  })

  test('and is said where there are several', async () => {
    const machines = 'a: { vm: { vmid: 103, host: pve1 } }, b: { vm: { vmid: 104, host: pve2 } }'
    expect(await findings(two, machines)).toEqual([])
  })

  test('or the machine is named with its place', async () => {
    expect(await findings(two, 'a: { vm: { vmid: 103 } }')).toEqual([
      {
        code: 'shared-machine',
        at: 'hosts.yml:2:34',
        first: undefined,
        text: expect.stringMatching(
          /^"a" is a machine of one of 2 hosts of the group proxmox, .* `vm: \{ host: pve1, … \}`/,
        ),
      },
    ])
  })

  test('that is one of the group', async () => {
    expect(await findings(two, 'a: { vm: { vmid: 103, host: pve3 } }')).toMatchObject([
      { text: expect.stringMatching(/"pve3", which is no host of the group proxmox. Did you mean "pve1"/) },
    ])
    expect(await findings(two, 'a: { vm: { vmid: 103, host: a } }')).toMatchObject([
      { text: expect.stringContaining('The group has pve1, pve2.') },
    ])
  })
})

describe('two hosts that own one number are refused', () => {
  test('by what the machines say', async () => {
    const machines = 'a: { vm: { vmid: 103, host: pve1 } }, b: { vm: { vmid: 103, host: pve2 } }'
    expect(await findings(two, machines)).toEqual([
      {
        code: 'shared-machine',
        at: 'hosts.yml:2:72',
        first: ['hosts.yml:2:34'],
        text: 'Machine 103 belongs to two hosts: "pve1" and "pve2". Give one of them another number: backups, restores and schedules know a machine by it.',
      },
    ])
  })

  test('by what the hosts make', async () => {
    const makes = (host: string) => ({ [`host_vars/${host}.yml`]: 'vm_machines: [{ vmid: 103 }]\n' })
    expect(await findings(two, '', { ...makes('pve1'), ...makes('pve2') })).toMatchObject([
      {
        at: 'host_vars/pve2.yml:1:23',
        first: ['host_vars/pve1.yml:1:23'],
        text: expect.stringContaining('Machine 103 belongs to two hosts: "pve1" and "pve2".'),
      },
    ])
  })

  test('by a list that they share, unless it says whose each is', async () => {
    const shared = (entry: string) => ({ 'group_vars/proxmox.yml': `vm_machines: [{ ${entry} }]\n` })
    expect(await findings(two, '', shared('vmid: 103'))).toHaveLength(1)
    expect(await findings(two, '', shared('vmid: 103, host: pve2'))).toEqual([])
  })

  test('and so is one number of two machines', async () => {
    const machines = (more: string) =>
      `a: { ssh_host: x, vm: { vmid: 103 }${more} }, b: { ssh_host: ${more === '' ? 'y' : 'x'}, vm: { vmid: 103 }${more} }`
    expect(await findings('pve1: ', machines(''))).toMatchObject([
      { text: '"a" and "b" are both machine 103. Correct the `vmid` of one of them.' },
    ])
    expect(await findings('pve1: ', machines(', shared_address: true'))).toEqual([])
  })
})

test('what is not written out is left to the run', async () => {
  const machines =
    'a: { vm: { vmid: "{{ n }}", host: pve1 } }, b: { vm: { vmid: 103, host: "{{ h }}" } }, c: { vm: none }'
  expect(await findings(two, machines)).toEqual([])
})
