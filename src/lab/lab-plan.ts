import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { LabSpec } from './lab-spec.ts'

/** One host of a lab, with every name and address that belongs to it. */
export interface LabHost {
  readonly name: string
  readonly groups: readonly string[]
  /** Inside the lab's own network. */
  readonly address: string
  readonly namespace: string
  /** Its interface on the lab's bridge. */
  readonly port: string
  /** Holds `upper` and `work` of its overlay, its mount point `root` and its console's `log`. */
  readonly directory: string
}

/** What a lab is called on this machine. Everything it leaves there carries `id`, so that it is found again. */
export interface LabPlan {
  readonly id: string
  readonly spec: LabSpec
  /** The project the lab belongs to, absolute. */
  readonly project: string
  /** What users see: inventory, key, ssh_config, known_hosts. */
  readonly folder: string
  /** What root keeps: the hosts' file systems and the lab's state. */
  readonly state: string
  readonly namespace: string
  readonly gateway: string
  readonly hosts: readonly LabHost[]
}

/** Where all labs of the machine keep their state; the folder must not lie on an overlay itself. */
export const stateRoot = '/var/lib/tsplay/lab'

/** Names a lab. The same project and lab name give the same plan, on any day. */
export function planLab(project: string, spec: LabSpec): LabPlan {
  const id = labId(project, spec.name)
  const state = join(stateRoot, id)
  return {
    id,
    spec,
    project,
    folder: join(project, '.tsplay', 'lab', spec.name),
    state,
    namespace: id,
    gateway: '10.10.0.1',
    hosts: spec.hosts.map((host, index) => ({
      ...host,
      address: `10.10.0.${11 + index}`,
      namespace: `${id}-${host.name}`,
      port: `host${index}`,
      directory: join(state, 'hosts', host.name),
    })),
  }
}

/** Names of fixed length, so that no lab's id is the beginning of another's. */
function labId(project: string, name: string): string {
  const digest = createHash('sha256').update(`${project}\n${name}`).digest('hex')
  return `tsplay-${digest.slice(0, 10)}`
}
