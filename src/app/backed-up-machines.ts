import { hostsOfPattern } from '#compile/list-program.ts'
import { allSteps } from '#compile/walk-steps.ts'
import { allHold } from '#execute/conditions.ts'
import type { RunState } from '#execute/run-state.ts'
import type { Scope } from '#execute/scope.ts'
import { scopeOf } from '#execute/scopes.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import type { Include, Play, Program, Step } from '#model/program.ts'
import { UsageError } from '#model/usage-error.ts'
import { idleRun } from './idle-run.ts'
import { limitedHosts, limitText } from './limited-hosts.ts'
import { type OpenRequest, openProject } from './open-project.ts'

/** The machines that one Proxmox host would back up. */
export interface BackedUp {
  readonly host: string
  /** By their numbers; undefined for all that the host has. */
  readonly machines: readonly string[] | undefined
  /** Of all, these are left out. */
  readonly leftOut: readonly string[]
}

/** The step of the role `backups` that backs machines up. */
const role = 'backups'
const tasks = 'vms.yml'

/**
 * Which machines a run would back up, as far as that can be told without asking a host: by what its playbooks come to
 * with their imports, tags and limit, and by the variables of each host there. What depends on a host, and a project
 * that has errors, is left out: the run itself will say so.
 */
export async function backedUpMachines(request: OpenRequest): Promise<readonly BackedUp[]> {
  const project = await openProject(request).catch((error: unknown) => {
    if (error instanceof UsageError) return undefined
    throw error
  })
  if (!project?.program) return []
  const { program } = project
  const run = idleRun({ project, program, terminal: nobody, onSecret: () => undefined })
  const limit = limitText(request.hosts.limit)
  return program.plays.flatMap((play) => {
    const hosts = limitedHosts(program.inventory, hostsOfPattern(play.hosts, program.inventory) ?? [], limit)
    const steps = allSteps(play.sections.flatMap((section) => section.steps)).filter(isBackup)
    return steps.flatMap((step) =>
      hosts.flatMap((host) => backedUpBy(host, { run, program, play, step, hosts })),
    )
  })
}

/** Nothing is asked only to see what would be done. */
const nobody = { ask: async () => undefined }

const isBackup = (step: Step): step is Include =>
  step.kind === 'include' && step.what === 'tasks' && step.role?.name === role && step.target.text === tasks

interface Place {
  readonly run: RunState
  readonly program: Program
  readonly play: Play
  readonly step: Include
  readonly hosts: readonly string[]
}

function backedUpBy(host: string, { run, play, step, hosts }: Place): readonly BackedUp[] {
  const state = {
    ...{ run, play, playHosts: hosts, batch: hosts, hostLayers: new Map(), handlers: [], ended: false },
    ...{ cleared: new Set<string>(), disturbing: new Map(), announced: new Set<string>() },
  }
  const scope = scopeOf(host, { run, play: state, step })
  try {
    const isReached = allHold(step.when, scope)
    const found = isReached ? machinesIn(host, scope) : undefined
    // What was read of facts is not known before the run.
    return found && scope.missingFacts.size === 0 ? [found] : []
  } catch (error) {
    if (error instanceof EvaluationError) return []
    throw error
  }
}

function machinesIn(host: string, scope: Scope): BackedUp {
  const leftOut = numbersOf(scope.get('backups_vms_left_out'))
  if (scope.get('backups_all_vms') === true) return { host, machines: undefined, leftOut }
  const elsewhere = numbersOf(scope.get('backups_elsewhere'))
  const machines = numbersOf(scope.get('backups_vms')).filter(
    (id) => !leftOut.includes(id) && !elsewhere.includes(id),
  )
  return { host, machines, leftOut }
}

const numbersOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])
