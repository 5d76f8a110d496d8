import type { Resource } from '#model/change.ts'
import type { Task } from '#model/program.ts'
import type { Controller } from '#sdk/controller.ts'
import type { TaskPlace } from './dependencies.ts'
import type { Ground } from './ground.ts'
import { moduleArguments } from './module-arguments.ts'
import type { PlayState } from './play-state.ts'
import type { FirstWrite, Joint, ModuleCall, Planned } from './run-module.ts'
import type { RunState } from './run-state.ts'
import type { Scope } from './scope.ts'
import { becomeOf, environment, flag, number } from './task-keywords.ts'
import { tellingWrites } from './writes-here.ts'

/** One task, or one item of its loop, that a host has come to. */
export interface TaskSite {
  readonly run: RunState
  readonly state: PlayState
  readonly task: Task
  /** The host whose variables count and to whom the result belongs. */
  readonly host: string
  readonly scope: Scope
  readonly taskName: string
  /** Which item of the task's loop. */
  readonly item?: number
  progress(text: string): void
  onWriting?(write: FirstWrite, site: CallSite): Promise<void>
  /** Finds those whose changes may be made together with this one. */
  onJoining?(
    joining: { readonly call: ModuleCall; readonly planned: Planned },
    site: CallSite,
  ): Promise<Joint | undefined>
  /** Hears of each call once its probe has been made. */
  onProbed?: ModuleCall['onProbed']
  /** Hears what a change touched, and where. */
  onTouched?(resources: readonly Resource[], ground: Ground): void
}

/** The same, about to run. */
export interface CallSite extends TaskSite, Ground {}

/** Renders everything a call needs. Throws what the user wrote wrong, or UnknownValue in check mode. */
export function prepareCall(site: CallSite): ModuleCall {
  const { run, task, scope, session } = site
  const module = run.dependencies.module(task.module)
  const seconds = number(task.keywords.timeout, scope)
  const become =
    module.runs === 'controller'
      ? undefined
      : becomeOf(run, task.keywords, { scope, variables: site.connectionScope })
  const controllerOf = controllerOnce(site)
  return {
    module,
    args: moduleArguments(run, task, module, scope),
    session,
    get controller() {
      return controllerOf()
    },
    mode: isCheck(site) ? 'check' : 'apply',
    verbosity: run.settings.verbosity,
    diff: flag(task.keywords.diff, scope, run.settings.diff),
    as: become,
    env: environment(task.keywords, scope),
    ...(seconds === undefined || seconds === 0 ? {} : { timeoutMs: seconds * 1000 }),
    ...detachment(site),
    signal: run.dependencies.signal,
    progress: site.progress,
    ...onWriting(site),
    ...(site.onProbed ? { onProbed: site.onProbed } : {}),
  }
}

/** Made when a module asks for it: most work on the host alone. */
function controllerOnce(site: CallSite): () => Controller {
  let made: Controller | undefined
  return () => {
    made ??= tellingWrites(site.run.dependencies.controllerFor(placeOf(site), site.scope), site.state)
    return made
  }
}

const placeOf = ({ state, task }: CallSite): TaskPlace => ({
  playbook: state.play.file,
  file: task.range.file,
  rolePath: task.role?.path,
  parentRolePaths: [],
})

function onWriting(site: CallSite): Pick<ModuleCall, 'onWriting' | 'onJoining'> {
  const { onWriting: hear, onJoining: join } = site
  return {
    ...(hear ? { onWriting: (write) => hear(write, site) } : {}),
    ...(join ? { onJoining: (joining) => join(joining, site) } : {}),
  }
}

/** The task's own `check_mode` wins over the run's. */
function isCheck({ run, task, scope }: CallSite): boolean {
  return flag(task.keywords.checkMode, scope, run.settings.mode === 'check')
}

/** `async: 3600, poll: 10`; a `poll` of 15 seconds unless said otherwise. */
function detachment({ task, scope, run }: CallSite): Pick<ModuleCall, 'detached'> {
  const limitSeconds = number(task.async, scope) ?? 0
  if (limitSeconds <= 0) return {}
  const pollSeconds = number(task.poll, scope) ?? 15
  return { detached: { limitSeconds, pollSeconds, signal: run.dependencies.signal } }
}
