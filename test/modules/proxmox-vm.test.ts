import { describe, expect, it } from 'vitest'
import proxmoxNode, { type ProxmoxNode } from '#facts/proxmox-node.ts'
import proxmoxVmFact, { type ProxmoxVm } from '#facts/proxmox-vm.ts'
import proxmoxVm from '#modules/proxmox-vm.ts'
import type { Mode } from '#sdk/module.ts'
import { withPveBench } from '../support/pve-bench.ts'
import { recorded } from '../support/recorded.ts'
import { fieldsOf } from '../support/with-bench.ts'

const node = proxmoxNode.parse(recorded('proxmox-node', 'pve-9.1'))
const [cp01, missing, docker] = proxmoxVmFact.parse(recorded('proxmox-vm', 'pve-9.1'), ['103', '111', '204'])

interface Given {
  readonly vm?: ProxmoxVm | undefined
  readonly node?: ProxmoxNode
  readonly mode?: Mode
  readonly missingImages?: readonly string[]
}

const plan = (
  args: object,
  { vm = cp01, node: host = node, mode = 'apply', missingImages = [] }: Given = {},
) => {
  if (!vm) throw new Error('The recording lacks that machine.')
  return proxmoxVm.plan({ args: { vmid: vm.vmid, ...args }, state: { vm, node: host, missingImages }, mode })
}

const disk = { storage: 'tank-vmstore', size: '40G', options: { discard: 'on' } }

describe('proxmox_vm', () => {
  it('finds nothing to change in what Proxmox spells in its own way', () => {
    const changes = plan({
      state: 'started',
      name: 'k8s-cp01',
      memory: 6144,
      cores: 2,
      agent: true,
      onboot: true,
      protection: false,
      tags: ['K8s', 'prod'],
      boot_order: ['scsi0'],
      disks: { scsi0: disk },
      networks: [{ bridge: 'vmbr0', options: { firewall: true, link_down: false } }],
      cloud_init: {
        storage: 'tank-vmstore',
        user: 'ops',
        password: 'secret-word',
        ssh_keys: ['ssh-ed25519 AAAA a', 'ssh-ed25519 BBBB b'],
        ip: ['ip=10.10.0.103/24,gw=10.10.0.1'],
        upgrade: true,
      },
      options: { scsihw: 'virtio-scsi-single' },
    })
    expect(changes).toEqual([])
  })

  it.each([
    [{ memory: 8192 }, [['memory', '6144', '8192']]],
    [{ cpu: 'host' }, [['cpu', undefined, 'host']]],
    // Unlike those of memory and cpu, its parts have no default name.
    [
      { cloud_init: { ip: ['ip=dhcp', 'ip=dhcp'] } },
      [
        ['ipconfig0', 'gw=10.10.0.1,ip=10.10.0.103/24', 'gw=10.10.0.1,ip=dhcp'],
        ['ipconfig1', undefined, 'ip=dhcp'],
      ],
    ],
    [{ tags: ['prod'] }, [['tags', 'prod;k8s', 'prod']]],
    [
      { networks: [{ bridge: 'vmbr1', options: { tag: 20 } }] },
      [
        [
          'net0',
          'virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1',
          'virtio=BC:24:11:00:00:01,bridge=vmbr1,firewall=1,tag=20',
        ],
      ],
    ],
    [
      { disks: { scsi0: { storage: 'tank-vmstore', options: { ssd: 1 } } } },
      [
        [
          'scsi0',
          'tank-vmstore:vm-103-disk-0,discard=on,size=40G',
          'tank-vmstore:vm-103-disk-0,discard=on,ssd=1',
        ],
      ],
    ],
    [{ disks: { scsi1: { storage: 'local-lvm', size: '8G' } } }, [['scsi1', undefined, 'local-lvm:8']]],
    [{ disks: { scsi0: { storage: 'tank-vmstore', size: '50G' } } }, [['scsi0 size', '40G', '50G']]],
    [{ state: 'stopped' }, [['status', 'running', 'stopped']]],
    [{ on_pending: 'reboot' }, [['pending', ['memory', 'balloon'], []]]],
  ])('%j changes %j', (args, changes) => {
    expect(plan(args).map(({ field, before, after }) => [field, before, after])).toEqual(changes)
  })

  it('keeps a disk where it is and says so, and never shrinks one', () => {
    const args = { vmid: 103, disks: { scsi0: { storage: 'local-lvm' } } }
    if (!cp01) throw new Error('The recording lacks that machine.')
    const told = proxmoxVm.result?.({
      args,
      state: { vm: cp01, node, missingImages: [] },
      changes: [],
      applied: undefined,
      mode: 'apply',
    })
    expect(plan(args)).toEqual([])
    expect(told?.warnings).toEqual([
      'VM 103: scsi0 is tank-vmstore:vm-103-disk-0, not on local-lvm. tsplay does not move disks.',
      'VM 103: memory, balloon will count after its next start.',
    ])
    expect(() => plan({ disks: { scsi0: { storage: 'tank-vmstore', size: '20G' } } })).toThrow(
      'would cut off data',
    )
  })

  it('makes a machine, as a copy or from nothing', () => {
    expect(plan({ name: 'new', clone: { from: 9000 }, state: 'started' }, { vm: missing })).toEqual([
      { field: 'state', before: 'absent', after: 'copy of 9000' },
      { field: 'status', before: 'stopped', after: 'running' },
    ])
    expect(() => plan({ clone: { from: 9001 } }, { vm: missing })).toThrow('there is no VM 9001 to copy')
    expect(() => plan({ name: 'docker-host' }, { vm: missing })).toThrow('is the name of VM 204 already')
  })

  it('refuses what the host cannot give, before anything is made', () => {
    expect(() => plan({ memory: 65536 }, { vm: missing })).toThrow(
      'VM 111 needs 64.0 GiB of memory, but the whole host has 31.3 GiB.',
    )
    expect(() => plan({ cores: 8 }, { vm: missing })).toThrow('needs 8 cores, but the host has 4')
    expect(() => plan({ cpu: 'x86-64-v3' }, { vm: missing })).toThrow(
      "the host's Intel(R) Xeon(R) CPU E5-1603 0 @ 2.80GHz lacks avx2, bmi1, bmi2, f16c, fma, abm, movbe. Use x86-64-v2-AES or host.",
    )
    expect(plan({ cpu: 'x86-64-v2-AES', memory: 6144 }, { vm: missing })).toHaveLength(1)
  })

  it('asks for an image that is not there before a machine is made of it, and not afterwards', () => {
    const missingImages = ['/srv/debian.qcow2']
    const args = { disks: { scsi0: { storage: 'tank-vmstore', import_from: '/srv/debian.qcow2' } } }
    expect(() => plan(args, { vm: missing, missingImages })).toThrow('there is no image /srv/debian.qcow2')
    expect(plan(args, { missingImages })).toEqual([])
    expect(plan(args, { vm: missing, missingImages, mode: 'check' })).toHaveLength(1)
  })

  it('leaves a locked machine alone, and does not mind the lock when there is nothing to do', () => {
    expect(plan({ memory: 4096 }, { vm: docker })).toEqual([])
    expect(() => plan({ memory: 2048 }, { vm: docker })).toThrow('VM 204 is locked (backup). Wait until')
  })

  it('never destroys without the word for it, nor a machine that runs', () => {
    expect(() => plan({ state: 'absent' })).toThrow('say `allow_destroy: true`')
    expect(() => plan({ state: 'absent', allow_destroy: true })).toThrow('is running; stop it first')
    if (!cp01) throw new Error('The recording lacks that machine.')
    expect(
      fieldsOf({
        changes: plan({ state: 'absent', allow_destroy: true }, { vm: { ...cp01, status: 'stopped' } }),
      }),
    ).toEqual(['state'])
    expect(plan({ state: 'absent' }, { vm: missing })).toEqual([])
  })

  it('plans for a host that has no Proxmox yet', () => {
    const [bare] = proxmoxVmFact.parse({ rc: 0, stdout: 'unsupported\n', stderr: '' }, ['103'])
    expect(fieldsOf({ changes: plan({ clone: { from: 9000 } }, { vm: bare, mode: 'check' }) })).toEqual([
      'state',
    ])
    expect(() => plan({}, { vm: bare })).toThrow('The host has no Proxmox VE')
  })
})

describe('proxmox_vm, run', { timeout: 300_000 }, () => {
  const bench = withPveBench()
  const template = {
    vmid: 9000,
    name: 'template',
    state: 'template',
    memory: 2048,
    disks: {
      scsi0: {
        storage: 'tank-vmstore',
        import_from: 'local:import/debian.qcow2',
        options: { discard: 'on' },
      },
    },
    networks: [{ bridge: 'vmbr0' }],
    cloud_init: { storage: 'tank-vmstore' },
    boot_order: ['scsi0'],
  }
  const machine = {
    vmid: 103,
    name: 'k8s-cp01',
    state: 'started',
    clone: { from: 9000 },
    memory: 4096,
    agent: true,
    disks: { scsi0: { storage: 'tank-vmstore', size: '40G' } },
    cloud_init: {
      user: 'ops',
      password: "it's a secret",
      ssh_keys: ["ssh-ed25519 AAAA o'ps"],
      ip: ['ip=10.10.0.103/24,gw=10.10.0.1'],
    },
  }

  it('makes nothing when there is no storage of that name, or it takes no disks', async () => {
    const elsewhere = { ...template, cloud_init: { storage: 'tonk' } }
    await expect(bench().run(proxmoxVm, elsewhere)).rejects.toThrow(
      'VM 9000 cannot be made: there is no storage tonk; the host has iso, tank-vmstore. Correct the name, or define it first.',
    )
    const onIso = { vmid: 103, disks: { scsi0: { storage: 'iso', size: '4G' } } }
    await expect(bench().run(proxmoxVm, onIso)).rejects.toThrow(
      'VM 103 cannot be made: the storage iso takes no disks, only iso,vztmpl. Name another one, or add images',
    )
    expect(bench().told()).toEqual([])
  })

  it('says so when a machine did not become a template, whatever the exit code was', async () => {
    bench().fail('qm template')
    await expect(bench().run(proxmoxVm, template)).rejects.toThrow(
      'VM 9000 did not become a template: template: the task failed',
    )
    bench().fail()
  })

  it('goes on where it was broken off', async () => {
    bench().told()
    const outcome = await bench().converge(proxmoxVm, template)
    expect(fieldsOf(outcome)).toEqual(['template'])
    expect(bench().told()).toEqual(['qm template 9000'])
  })

  it('makes a copy, sets it up, lets its disk grow and starts it, once', async () => {
    const outcome = await bench().converge(proxmoxVm, machine)
    expect(fieldsOf(outcome)).toEqual(['state', 'status'])
    const told = bench().told()
    expect(told.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'qm clone 9000',
      'qm set 103',
      'qm disk resize',
      'qm cloudinit update',
      'qm start 103',
    ])
    expect(told.join('\n')).not.toContain("it's a secret")
    expect(told.join('\n')).toMatch(/--cipassword \$6\$/)
    expect(outcome.result.data).toMatchObject({ status: 'running', pending: [] })
  })

  it('reports what waits for the next start, and restarts when told so', async () => {
    const more = { vmid: 103, memory: 6144 }
    const outcome = await bench().converge(proxmoxVm, more)
    expect(outcome.changes).toEqual([{ field: 'memory', before: '4096', after: '6144' }])
    expect(outcome.result.warnings).toEqual(['VM 103: memory will count after its next start.'])
    const again = await bench().converge(proxmoxVm, { ...more, on_pending: 'reboot' })
    expect(fieldsOf(again)).toEqual(['pending'])
    expect(again.result.warnings).toEqual([])
  })

  it('says so when a disk did not grow, whatever the exit code was', async () => {
    bench().fail('qm disk')
    const larger = { vmid: 103, disks: { scsi0: { storage: 'tank-vmstore', size: '60G' } } }
    await expect(bench().run(proxmoxVm, larger)).rejects.toThrow(
      'VM 103: its disks did not grow: disk: the task failed',
    )
    bench().fail()
  })

  it('shuts a machine down and destroys it, when both are asked for', async () => {
    expect(fieldsOf(await bench().converge(proxmoxVm, { vmid: 103, state: 'stopped' }))).toEqual(['status'])
    bench().told()
    await bench().converge(proxmoxVm, { vmid: 103, state: 'absent', allow_destroy: true })
    expect(bench().told()).toEqual(['qm destroy 103 --destroy-unreferenced-disks 0'])
  })
})
