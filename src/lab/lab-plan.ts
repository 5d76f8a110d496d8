import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { programsOf } from '#doubles/programs.ts'
import { servedPorts } from '#doubles/served-ports.ts'
import {
  type DiskSpec,
  defaultSuite,
  type LabHostSpec,
  type LabSpec,
  type LayerSpec,
  type Suite,
} from './lab-spec.ts'

/** One host of a lab, with every name, address and setting that belongs to it. */
export interface LabHost {
  readonly name: string
  readonly groups: readonly string[]
  /** Inside the lab's own network. */
  readonly address: string
  readonly namespace: string
  /** Its interface on the lab's bridge. */
  readonly port: string
  /** Holds `upper` and `work` of its overlay, its mount point `root`, its `disks` and its console's `log`. */
  readonly directory: string
  readonly suite: Suite
  /** The lowest first; each with its name. */
  readonly layers: readonly NamedLayer[]
  /** The lab's and its own, without repetition. */
  readonly doubles: readonly string[]
  /** On which doubles of it serve this machine too, beside SSH. */
  readonly servedPorts: readonly number[]
  readonly disks: readonly DiskSpec[]
  readonly latencyMs: number
}

export interface NamedLayer extends LayerSpec {
  readonly name: string
}

/** What a lab is called on this machine. Everything it leaves there carries `id`, so that it is found again. */
export interface LabPlan {
  readonly id: string
  readonly spec: LabSpec
  /** The project the lab belongs to, absolute. */
  readonly project: string
  /** What users see: inventory, key, ssh_config, known_hosts. */
  readonly folder: string
  /** What its owner keeps: the hosts' file systems and the lab's state. */
  readonly state: string
  readonly namespace: string
  readonly gateway: string
  readonly hosts: readonly LabHost[]
}

/** Where root keeps the state of labs; the folder must not lie on an overlay itself. */
export const rootStateRoot = '/var/lib/tsplay/lab'

/** Where the labs of this process' user keep their state: root's in /var/lib, others' in their home folder. */
export function stateRoot(
  uid = process.getuid?.() ?? 0,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (uid === 0) return rootStateRoot
  const { XDG_STATE_HOME: own } = env
  return join(own?.startsWith('/') ? own : join(homedir(), '.local', 'state'), 'tsplay', 'lab')
}

/** The plan of a lab that was brought up before, by its name: root's, when root has brought it up. */
export function findLab(project: string, name: string): LabPlan {
  const spec: LabSpec = { name, suite: defaultSuite, hosts: [], packages: [] }
  const ofRoot = planLab(project, spec, rootStateRoot)
  return existsSync(ofRoot.state) ? ofRoot : planLab(project, spec)
}

/** Names a lab. The same project and lab name give the same plan, on any day. */
export function planLab(project: string, spec: LabSpec, root = stateRoot()): LabPlan {
  const id = labId(project, spec.name)
  const state = join(root, id)
  const addresses = assignAddresses(spec.hosts)
  return {
    id,
    spec,
    project,
    folder: join(project, '.tsplay', 'lab', spec.name),
    state,
    namespace: id,
    gateway: '10.10.0.1',
    hosts: spec.hosts.map((host, index) => {
      const doubles = [...new Set([...(spec.doubles ?? []), ...(host.doubles ?? [])])]
      return {
        name: host.name,
        groups: host.groups,
        address: addresses[index] ?? '',
        namespace: `${id}-${host.name}`,
        port: `host${index}`,
        directory: join(state, 'hosts', host.name),
        suite: host.suite ?? spec.suite,
        layers: namedLayers(host, spec),
        doubles,
        servedPorts: portsOf(doubles),
        disks: host.disks ?? [],
        latencyMs: host.latencyMs ?? 0,
      }
    }),
  }
}

function portsOf(doubles: readonly string[]): readonly number[] {
  const programs = new Set(doubles.flatMap((name) => programsOf(name) ?? []))
  return Object.entries(servedPorts).flatMap(([program, port]) => (programs.has(program) ? [port] : []))
}

/** Given addresses stay; the others get the first free ones from 10.10.0.11 on, in the order of the hosts. */
function assignAddresses(hosts: readonly LabHostSpec[]): string[] {
  const taken = new Set(hosts.map((host) => host.address))
  let next = 11
  return hosts.map(({ address }) => {
    if (address !== undefined) return address
    while (taken.has(`10.10.0.${next}`)) next++
    return `10.10.0.${next++}`
  })
}

function namedLayers(host: LabHostSpec, spec: LabSpec): NamedLayer[] {
  return (host.layers ?? []).flatMap((name) => {
    const layer = spec.layers?.[name]
    return layer ? [{ name, ...layer }] : []
  })
}

/** Names of fixed length, so that no lab's id is the beginning of another's. */
function labId(project: string, name: string): string {
  const digest = createHash('sha256').update(`${project}\n${name}`).digest('hex')
  return `tsplay-${digest.slice(0, 10)}`
}
