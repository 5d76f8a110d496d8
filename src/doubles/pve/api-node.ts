import { readFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import type { ApiCall, ApiMethod } from './api.ts'
import { die } from './api-error.ts'
import { vmSummary } from './api-vm.ts'
import { flag, integer, oneOf, text } from './parameters.ts'
import type { Task } from './pve-state.ts'

/** The release this double answers as. */
export const release = { release: '9.1', version: '9.1.1', repoid: '42db4a6cf33dac83' } as const

/** pve-manager, PVE/API2/{Nodes,Cluster,Tasks,Version}.pm. */
export const nodeMethods: readonly ApiMethod[] = [
  { verb: 'get', path: '/version', parameters: {}, run: () => release },
  {
    verb: 'get',
    path: '/nodes',
    parameters: {},
    run: ({ node }) => [
      { node, id: `node/${node}`, type: 'node', status: 'online', maxcpu: cpus().length, maxmem: totalmem() },
    ],
  },
  { verb: 'get', path: '/nodes/{node}/version', parameters: {}, run: () => release },
  { verb: 'get', path: '/nodes/{node}/status', parameters: {}, run: status },
  { verb: 'get', path: '/cluster/nextid', parameters: { vmid: integer(100) }, run: nextId },
  {
    verb: 'get',
    path: '/cluster/resources',
    parameters: { type: oneOf('vm', 'storage', 'node', 'sdn') },
    run: resources,
  },
  {
    verb: 'get',
    path: '/nodes/{node}/tasks',
    parameters: { limit: integer(), typefilter: text, vmid: integer(), errors: flag },
    run: ({ pve, node }) => pve.tasks.toReversed().map((task) => taskRow(task, node)),
  },
  { verb: 'get', path: '/nodes/{node}/tasks/{upid}/status', parameters: {}, run: taskStatus },
  {
    verb: 'get',
    path: '/nodes/{node}/tasks/{upid}/log',
    parameters: { start: integer(), limit: integer() },
    run: taskLog,
  },
]

function status({ node }: ApiCall): unknown {
  const [cpu] = cpus()
  const total = totalmem()
  return {
    pveversion: `pve-manager/${release.version}/${release.repoid}`,
    kversion: 'Linux 6.17.2-1-pve',
    cpuinfo: {
      cpus: cpus().length,
      cores: cpus().length,
      sockets: 1,
      model: cpu?.model ?? '',
      mhz: String(cpu?.speed ?? 0),
    },
    memory: { total, used: 0, free: total },
    uptime: Math.floor(process.uptime()),
    node,
  }
}

/** The data center's lower bound is 100. */
function nextId({ pve, values: { vmid } }: ApiCall): string {
  if (vmid !== undefined)
    return pve.vms[vmid] ? die(`400 Parameter verification failed.\nvmid: VM ${vmid} already exists`) : vmid
  let number = 100
  while (pve.vms[String(number)]) number++
  return String(number)
}

/** A machine is known here when pvestatd has sent its first report, ten seconds later: PVE/API2Tools.pm. */
function resources({ pve, node, host, values: { type } }: ApiCall): unknown {
  const machines = Object.entries(pve.vms).map(([vmid, vm]) => {
    const head = { id: `qemu/${vmid}`, node, type: 'qemu', vmid: Number(vmid) }
    const age = Math.floor(host.now / 1000) - Number(/ctime=(\d+)/.exec(vm.config['meta'] ?? '')?.[1] ?? 0)
    if (age < 10) return { ...head, status: 'unknown' }
    return { ...vmSummary(vmid, vm, host.now), ...head, template: vm.config['template'] === '1' ? 1 : 0 }
  })
  const storages = Object.entries(pve.storages).map(([storage, one]) => ({
    id: `storage/${node}/${storage}`,
    node,
    storage,
    type: 'storage',
    plugintype: one['type'],
    content: one['content'],
  }))
  if (type === 'vm') return machines
  if (type === 'storage') return storages
  return [...machines, ...storages, { id: `node/${node}`, node, type: 'node', status: 'online' }]
}

const taskRow = ({ upid, type, id, at, result }: Task, node: string): object => {
  const [, , pid = '0', pstart = '0'] = upid.split(':')
  return {
    ...{ upid, type, id, node, user: 'root@pam', starttime: at, endtime: at, status: result },
    ...{ pid: Number.parseInt(pid, 16), pstart: Number.parseInt(pstart, 16) },
  }
}

const taskNamed = ({ pve, values: { upid = '' } }: ApiCall): Task =>
  pve.tasks.find((task) => task.upid === upid) ?? die(`no such task`)

function taskStatus(call: ApiCall): unknown {
  const task = taskNamed(call)
  return { ...taskRow(task, call.node), status: 'stopped', exitstatus: task.result }
}

async function taskLog(call: ApiCall): Promise<unknown> {
  const { upid } = taskNamed(call)
  const hex = (upid.split(':')[4] ?? '').slice(-1)
  const text = await readFile(call.host.path(`/var/log/pve/tasks/${hex}/${upid}`), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line, index) => ({ n: index + 1, t: line }))
}
