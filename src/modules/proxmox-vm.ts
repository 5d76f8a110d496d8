import pathState from '#facts/path-state.ts'
import proxmoxNode, { type ProxmoxNode } from '#facts/proxmox-node.ts'
import proxmoxVm, { type ProxmoxVm } from '#facts/proxmox-vm.ts'
import type { Change } from '#model/change.ts'
import type { CommandResult, WriteHost } from '#sdk/host.ts'
import { defineModule, type Mode, TaskFailure } from '#sdk/module.ts'
import { type ProxmoxVmArgs, proxmoxVmArgs } from '#sdk/proxmox-vm-args.ts'
import { cannotRun } from '#sdk/proxmox-vm-limits.ts'
import {
  cloudInitScript,
  creationScript,
  destroyScript,
  growthScript,
  powerScript,
  settingsScript,
  templateScript,
} from '#sdk/proxmox-vm-script.ts'
import { diskDrift, diskGrowth, isReadByGuest, settingChanges } from '#sdk/proxmox-vm-settings.ts'
import { requireStorages } from '#sdk/proxmox-vm-storages.ts'
import { raw, type Script } from '#sdk/quote.ts'

interface State {
  readonly vm: ProxmoxVm
  readonly node: ProxmoxNode
  /** Images to start from that are not on the host. */
  readonly missingImages: readonly string[]
}

export default defineModule({
  summary: 'Makes virtual machines of Proxmox VE, sizes them, and starts and stops them.',
  description: `Settings are compared as Proxmox means them: a network card keeps the address that was made up for it, tags have no
order, and what the task does not name stays. Disks grow and never shrink, and stay on their storage. Settings of a running
machine that wait for its next start are reported, or \`on_pending: reboot\` restarts it.

A machine that asks for more memory or cores than the host has, for a type of processor whose features the host lacks, or for a
storage that is not there, is refused before anything is made. So is a change of a machine that is locked, by a backup for
instance. What takes long goes on when the connection breaks; the next run finds the machine locked until it is done.`,
  args: proxmoxVmArgs,
  examples: [
    {
      title: 'A template from a cloud image',
      args: {
        vmid: 9000,
        name: 'debian13-template',
        state: 'template',
        memory: 2048,
        cores: 2,
        cpu: 'x86-64-v2-AES',
        agent: true,
        disks: {
          scsi0: {
            storage: 'tank-vmstore',
            import_from: '/var/lib/vz/import/debian-13.qcow2',
            options: { discard: 'on' },
          },
        },
        networks: [{ bridge: 'vmbr0' }],
        cloud_init: { storage: 'tank-vmstore' },
        boot_order: ['scsi0'],
        options: { ostype: 'l26', scsihw: 'virtio-scsi-single', serial0: 'socket', vga: 'serial0' },
      },
    },
    {
      title: 'A machine from it',
      args: {
        vmid: 103,
        name: 'k8s-cp01',
        state: 'started',
        clone: { from: 9000, storage: 'tank-vmstore' },
        memory: 6144,
        cores: 2,
        disks: { scsi0: { storage: 'tank-vmstore', size: '40G' } },
        networks: [{ bridge: 'vmbr0' }],
        cloud_init: {
          user: 'ops',
          ssh_keys: ['ssh-ed25519 AAAAC3Nza'],
          ip: ['ip=10.10.0.103/24,gw=10.10.0.1'],
        },
        onboot: true,
        protection: true,
      },
    },
  ],

  async probe({ args, host }): Promise<State> {
    const images = Object.values(args.disks ?? {}).flatMap(({ import_from: image }) =>
      image?.startsWith('/') ? [image] : [],
    )
    const [vm, node, ...found] = await Promise.all([
      host.fact(proxmoxVm, String(args.vmid)),
      host.fact(proxmoxNode),
      ...images.map((image) => host.fact(pathState, image)),
    ])
    return { vm, node, missingImages: images.filter((_, i) => !found[i]?.followed) }
  },

  plan({ args, state, mode }): readonly Change[] {
    const { vm, node, missingImages } = state
    checkAsked(args, vm, mode)
    if (args.state === 'absent') return removal(args, vm)
    const problem = cannotRun(args, node)
    if (problem !== undefined) throw new TaskFailure(problem)
    const [missing] = missingImages
    if (!vm.exists && missing !== undefined && mode === 'apply') {
      throw new TaskFailure(
        `VM ${args.vmid} cannot be made: there is no image ${missing} on the host. Put it there first.`,
      )
    }
    const changes = vm.exists ? differences(args, vm) : creation(args, vm)
    if (changes.length > 0 && vm.lock !== '') {
      throw new TaskFailure(
        `VM ${args.vmid} is locked (${vm.lock}). Wait until that is done; if nothing is at work any more: qm unlock ${args.vmid}`,
      )
    }
    return changes
  },

  async apply({ args, state, host, progress }) {
    if (args.state === 'absent') {
      await host.run(destroyScript(args))
      return state.vm
    }
    return converge(args, state.vm, { host, progress })
  },

  result({ args, state, changes, applied }) {
    const vm = applied ?? state.vm
    const drift = vm.exists ? diskDrift(args, vm.config) : []
    const waits =
      vm.status === 'running' && changes.every(({ after }) => after !== 'absent') ? vm.pending : []
    return {
      data: { vmid: args.vmid, name: vm.name, status: vm.status, pending: waits, drift },
      warnings: [
        ...drift.map((one) => `VM ${args.vmid}: ${one}`),
        ...(waits.length > 0
          ? [`VM ${args.vmid}: ${waits.join(', ')} will count after its next start.`]
          : []),
      ],
    }
  },

  touches: () => [{ kind: 'proxmox' }, { kind: 'storage' }],
})

function checkAsked({ state }: ProxmoxVmArgs, { unsupported, error }: ProxmoxVm, mode: Mode): void {
  if (unsupported && mode === 'apply' && state !== 'absent')
    throw new TaskFailure('The host has no Proxmox VE: there is no pvesh.')
  if (error !== '') throw new TaskFailure(`Proxmox does not say which machines there are: ${error}`)
}

function removal({ vmid, allow_destroy: allowed }: ProxmoxVmArgs, vm: ProxmoxVm): readonly Change[] {
  if (!vm.exists) return []
  if (!allowed) {
    throw new TaskFailure(
      `VM ${vmid} (${vm.name}) exists. Destroying it loses its disks: say \`allow_destroy: true\` if that is meant.`,
    )
  }
  if (vm.status === 'running') throw new TaskFailure(`VM ${vmid} (${vm.name}) is running; stop it first.`)
  return [{ field: 'state', before: vm.name, after: 'absent' }]
}

function creation(args: ProxmoxVmArgs, vm: ProxmoxVm): readonly Change[] {
  const { clone, name } = args
  if (clone && !vm.unsupported && !vm.all.has(clone.from)) {
    throw new TaskFailure(`VM ${args.vmid} cannot be made: there is no VM ${clone.from} to copy.`)
  }
  const namesake = [...vm.all].find(([id, other]) => other === name && id !== args.vmid)
  if (namesake && name !== undefined) {
    throw new TaskFailure(
      `${name} is the name of VM ${namesake[0]} already; VM ${args.vmid} needs another one.`,
    )
  }
  const after = clone ? `copy of ${clone.from}` : 'present'
  const power = wantedPower(args)
  return [
    { field: 'state', before: 'absent', after },
    ...(args.state === 'template' ? [{ field: 'template', before: false, after: true }] : []),
    ...(power === 'running' ? [{ field: 'status', before: 'stopped', after: power }] : []),
  ]
}

function differences(args: ProxmoxVmArgs, vm: ProxmoxVm): readonly Change[] {
  const growth = diskGrowth(args, vm.config)
  const shrinking = growth.find(({ shrinks }) => shrinks)
  if (shrinking) {
    throw new TaskFailure(
      `VM ${args.vmid}: ${shrinking.key} has ${shrinking.before}; making it ${shrinking.after} would cut off data, which tsplay does not do.`,
    )
  }
  if (vm.template && (args.state === 'started' || args.state === 'stopped')) {
    throw new TaskFailure(`VM ${args.vmid} is a template, which cannot run.`)
  }
  const power = wantedPower(args)
  const becomes = args.state === 'template' && !vm.template
  if (becomes && vm.status === 'running') {
    throw new TaskFailure(`VM ${args.vmid} is running; stop it before it becomes a template.`)
  }
  return [
    ...settingChanges(args, vm.config).map(({ key, before, after }) => ({
      field: key,
      before: shown(key, before),
      after: shown(key, after),
    })),
    ...growth.map(({ key, before, after }) => ({ field: `${key} size`, before, after })),
    ...(becomes ? [{ field: 'template', before: false, after: true }] : []),
    ...(args.on_pending === 'reboot' && vm.status === 'running' && vm.pending.length > 0
      ? [{ field: 'pending', before: vm.pending, after: [] }]
      : []),
    ...(power !== undefined && power !== vm.status
      ? [{ field: 'status', before: vm.status, after: power }]
      : []),
  ]
}

const shown = (key: string, value: string | undefined): string | undefined =>
  key === 'cipassword' && value !== undefined ? 'set' : value

function wantedPower({ state }: ProxmoxVmArgs): 'running' | 'stopped' | undefined {
  if (state === 'started') return 'running'
  return state === 'stopped' ? 'stopped' : undefined
}

interface Work {
  readonly host: WriteHost
  progress(text: string): void
}

/**
 * One step after the other, each decided by what the ones before it led to. A look costs three calls of pvesh, half a
 * second each, so there is none behind a step that later ones do not depend on.
 */
async function converge(args: ProxmoxVmArgs, before: ProxmoxVm, work: Work): Promise<ProxmoxVm> {
  const found = before.exists ? before : await made(args, work)
  const settings = settingChanges(args, found.config)
  const isDeciding = found.status === 'running' || settings.some(({ key }) => diskKey.test(key))
  if (settings.length > 0) await step(['setting it up', settingsScript(args, settings, found.digest)], work)
  let vm = settings.length > 0 && isDeciding ? await readAgain(args, work.host) : found
  const growth = diskGrowth(args, vm.config)
  if (growth.length > 0) {
    const said = await step(['growing its disks', growthScript(args, growth)], work)
    vm = await readAgain(args, work.host)
    mustBe(said, diskGrowth(args, vm.config).length === 0, `VM ${args.vmid}: its disks did not grow`)
  }
  if (isReadByGuest(settings, vm.config))
    await step(['making its cloud-init drive', cloudInitScript(args)], work)
  const ending = endingSteps(args, vm)
  for (const last of ending) {
    const said = await step(last, work)
    vm = await readAgain(args, work.host)
    mustBe(said, args.state !== 'template' || vm.template, `VM ${args.vmid} did not become a template`)
  }
  return ending.length > 0 || settings.length === 0 ? vm : readAgain(args, work.host)
}

async function made(args: ProxmoxVmArgs, work: Work): Promise<ProxmoxVm> {
  await requireStorages(args, work.host)
  await step(['making it', creationScript(args)], work)
  return readAgain(args, work.host)
}

const diskKey = /^(scsi|virtio|sata|ide)\d+$/

type Step = readonly [title: string, script: Script]

function step([title, script]: Step, { host, progress }: Work): Promise<CommandResult> {
  progress(title)
  return host.run(script)
}

/** What is left once everything is set. */
function endingSteps(args: ProxmoxVmArgs, vm: ProxmoxVm): readonly Step[] {
  const power = wantedPower(args)
  const restarts = args.on_pending === 'reboot' && vm.status === 'running' && vm.pending.length > 0
  return [
    ...(args.state === 'template' && !vm.template
      ? [['making it a template', templateScript(args)] as const]
      : []),
    ...(restarts && power !== 'stopped' ? [['restarting it', powerScript(args, 'rebooted')] as const] : []),
    ...(power !== undefined && power !== vm.status
      ? [[`until it is ${power}`, powerScript(args, power)] as const]
      : []),
  ]
}

async function readAgain({ vmid }: ProxmoxVmArgs, host: WriteHost): Promise<ProxmoxVm> {
  const keys = [String(vmid)]
  const [vm] = proxmoxVm.parse(await host.run(raw(proxmoxVm.script(keys)), { accept: 'any' }), keys)
  if (vm?.error === '') return vm
  throw new TaskFailure(`Proxmox does not say what became of VM ${vmid}: ${vm?.error}`)
}

/** Some commands end with 0 when their task failed. */
function mustBe({ stdout, stderr }: CommandResult, holds: boolean, otherwise: string): void {
  const lastWords = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? ''
  if (!holds) throw new TaskFailure(`${otherwise}: ${lastWords}`)
}
