import { randomBytes } from 'node:crypto'
import type { Change, Resource } from '#model/change.ts'
import { HostError } from '#model/host-error.ts'
import type { Become, ChainLink } from '#model/transport.ts'
import type { Controller } from '#sdk/controller.ts'
import type { Mode, ModuleDefinition, ModuleResult } from '#sdk/module.ts'
import type { Actor } from './actors.ts'
import { Detached } from './async-job.ts'
import type { ChangeGuard } from './change-guard.ts'
import type { KnownAnswer } from './fact-store.ts'
import { heard } from './heard.ts'
import type { HostReader } from './host-reader.ts'
import type { HostSession } from './host-session.ts'
import type { Detachment, HostWriter } from './host-writer.ts'
import { everything } from './resources.ts'

/** One call of a module on one host, its arguments rendered and checked. */
export interface ModuleCall {
  readonly module: ModuleDefinition
  readonly args: unknown
  readonly session: HostSession
  readonly controller: Controller
  readonly mode: Mode
  readonly verbosity: number
  readonly diff: boolean
  readonly as: Become | undefined
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  /** `async`: commands run detached from the connection. */
  readonly detached?: Detachment
  readonly signal: AbortSignal
  progress(text: string): void
  /** Asked before a change is made. */
  onJoining?: ((joining: { call: ModuleCall; planned: Planned }) => Promise<Joint | undefined>) | undefined
  /** Hears what the probe has read; gives who hears the plan, if there is one. */
  onProbed?: ((call: ModuleCall, reads: readonly Resource[]) => (planned: Planned) => void) | undefined
  /** `confirm`: takes the change back when the host cannot be reached after it. */
  readonly guard?: ChangeGuard
  /**
   * Called when the first write has been queued: what is sent now travels behind it, in the same flight. The call is not
   * over before this is: what it sends ahead must be known by then.
   */
  onWriting?(write: FirstWrite): Promise<void>
}

/** A change that is made for several neighbouring calls at once. */
export interface Joint extends Pick<Planned, 'changes' | 'touched'> {
  readonly args: unknown
  /** To be called when it is on its way: what has to be asked after it is asked behind it. */
  begun(): void
  /** To be called with what `apply` gave; or when it failed, so that each call is made in its turn. */
  made(done: Applied): void
  failed(): void
}

export interface Applied {
  readonly applied: unknown
  /** What was asked behind the first frame was asked after the change. */
  readonly wroteOnce: boolean
}

/** A change on its way, and what those that may follow it in its flight have to know. */
export interface FirstWrite {
  readonly call: ModuleCall
  readonly planned: Planned
  /** What was known of the host before the change. */
  readonly known: ReadonlyMap<string, KnownAnswer>
  /** Of the chain its frame begins; undefined when nothing may be sent behind it. */
  readonly chainId: string | undefined
  readonly sent: HostWriter['sent']
}

export interface Planned {
  readonly state: unknown
  readonly changes: readonly Change[]
  readonly touched: readonly Resource[]
}

export interface ModuleOutcome {
  readonly changes: readonly Change[]
  readonly result: ModuleResult
  /** Fields that a second plan, made right after the change, would change again. */
  readonly unsettled: readonly string[]
  /** What the probe read, and what the change touched or would touch. */
  readonly reads: readonly Resource[]
  readonly touched: readonly Resource[]
  /** There was nothing to do because the thing is not there. */
  readonly moot?: boolean
}

/**
 * probe → plan → apply → probe and plan again. Check mode stops after the plan. The second probe travels in
 * the flight of the change where the change is a single frame.
 */
export async function runModule(
  call: ModuleCall,
  onRead?: (reads: readonly Resource[]) => void,
): Promise<ModuleOutcome> {
  const { module, args, mode } = call
  const reads: Resource[] = []
  const state = await probeModule(call, (read) => {
    reads.push(...read)
    onRead?.(read)
  })
  const changes = planOf(call, state, reads)
  if (changes.length === 0 || mode === 'check' || !module.apply) {
    const result = module.result?.({ args, state, changes, applied: undefined, mode }) ?? {}
    const touched = changes.length === 0 ? [] : (module.touches?.({ args, state, changes }) ?? everything)
    const moot = module.isMoot?.({ args, state, mode }) ?? false
    return { changes, result, unsettled: [], reads, touched, moot }
  }
  const touched = module.touches?.({ args, state, changes }) ?? everything
  try {
    const planned = { state, changes, touched }
    const joint = await call.onJoining?.({ call, planned })
    const done = joint
      ? await applyJointly(call, planned, joint)
      : await guarded(call, touched, () => applyModule(call, planned))
    return { ...outcomeOf(call, planned, done), reads, touched: done.touched }
  } catch (error) {
    if (!(error instanceof Detached)) throw error
    return { changes, result: startedJob(error.id), unsettled: [], reads, touched }
  }
}

function planOf(call: ModuleCall, state: unknown, reads: readonly Resource[]): readonly Change[] {
  const { module, args, mode } = call
  const hearPlan = call.onProbed?.(call, reads)
  const changes = module.plan({ args, state, mode })
  const touched = changes.length === 0 ? [] : (module.touches?.({ args, state, changes }) ?? everything)
  hearPlan?.({ state, changes, touched })
  return changes
}

/** What a change that was made comes to. */
export function outcomeOf(
  { module, args, mode }: ModuleCall,
  { state, changes, touched }: Planned,
  { applied, unsettled }: { applied: unknown; unsettled: readonly string[] },
): ModuleOutcome {
  const result = module.result?.({ args, state, changes, applied, mode }) ?? {}
  return { changes, result, unsettled, reads: [], touched }
}

/** What `async_status` needs to ask for the job. */
const startedJob = (id: string): ModuleResult => ({
  msg: `The job ${id} was started.`,
  data: { ansible_job_id: id, started: 1, finished: 0, results_file: `~/.tsplay/jobs/${id}` },
})

/** Runs a module's probe, and nothing else: it only fills the fact store when its result is not used. */
export async function probeModule(
  call: Omit<ModuleCall, 'progress' | 'signal'>,
  onRead?: (reads: readonly Resource[]) => void,
): Promise<unknown> {
  const { session, as, env } = call
  return probeWith(call, (actor) => session.reader(actor, { as, env, ...(onRead ? { onRead } : {}) }))
}

/** The same, for a task before whose turn another host may change what it reads. */
export async function probeNoting(call: ModuleCall): Promise<unknown> {
  const { session, as, env } = call
  return probeWith(call, (actor) => session.notingReader(actor, { as, env }))
}

/** What a module's probe is given. */
export function probeInput(
  call: Pick<ModuleCall, 'args' | 'controller' | 'mode' | 'verbosity' | 'diff'>,
  host: HostReader,
): Parameters<ModuleDefinition['probe']>[0] {
  const { args, mode, verbosity, diff } = call
  return {
    args,
    mode,
    verbosity,
    diff,
    host,
    get controller() {
      return call.controller
    },
  }
}

function probeWith(
  call: Omit<ModuleCall, 'progress' | 'signal'>,
  readerFor: (actor: Actor) => HostReader,
): Promise<unknown> {
  return call.session.asActor((actor) => call.module.probe(probeInput(call, readerFor(actor))))
}

/** Also after a failure: a change that broke off may have cut the road. */
async function guarded<T>(
  { guard }: ModuleCall,
  touched: readonly Resource[],
  change: () => Promise<T>,
): Promise<T> {
  if (!guard) return change()
  await guard.arm(touched)
  const [ended] = await Promise.allSettled([change()])
  await guard.confirm()
  if (ended.status === 'rejected') throw ended.reason
  return ended.value
}

/** No change travels behind it: what it makes takes longer than any road. */
async function applyJointly(call: ModuleCall, planned: Planned, joint: Joint): Promise<Done> {
  const { onWriting: _, ...alone } = call
  try {
    const done = await applyModule(alone, planned, joint)
    joint.made(done)
    return done
  } catch (error) {
    joint.failed()
    if (error instanceof HostError && error.reason !== 'command-failed') throw error
    return applyModule(call, planned)
  }
}

interface Done extends Applied, Pick<ModuleOutcome, 'unsettled' | 'touched'> {}

async function applyModule(call: ModuleCall, planned: Planned, joint?: Joint): Promise<Done> {
  const { session } = call
  const { args, changes, touched } = joint ?? { args: call.args, ...planned }
  const known = session.store.knownAnswers()
  const chainId = beginsChain(call, planned) ? newChainId() : undefined
  session.store.forget(touched)
  const settles = mustSettle(call)
  let early: Promise<readonly string[] | undefined> | undefined
  const { applied, wroteOnce } = await session.asActor(async (actor) => {
    const chain = chainId === undefined ? undefined : { id: chainId, position: 0 }
    const writer = writerFor(call, actor, { touches: touched, ...(chain ? { chain } : {}) })
    const applying = heard(
      apply({ ...call, args }, { ...planned, changes }, writer).finally(() => writer.finish()),
    )
    await writer.begun
    // Begun at once so that it can share the flight of the change; awaited only after it. What is changed from the
    // controller has no flight, and would only be asked too early.
    if (settles && call.module.runs !== 'controller') early = secondPlan(call).catch(() => undefined)
    joint?.begun()
    const following = call.onWriting?.({ call, planned, known, chainId, sent: writer.sent })
    await Promise.allSettled([applying])
    await following
    return { applied: await applying, wroteOnce: writer.wroteOnce }
  })
  const second = wroteOnce ? await early : undefined
  const unsettled = second ?? (settles ? await secondPlan(call) : [])
  return { applied, wroteOnce, unsettled, touched }
}

/** Whether its change is one frame whose exit code says all, so that others may follow it unheard. */
function beginsChain(call: ModuleCall, planned: Planned): boolean {
  if (!call.onWriting || call.guard || call.detached || call.timeoutMs !== undefined) return false
  return writesOnce(call, planned)
}

export function writesOnce({ module, args }: ModuleCall, { state, changes }: Planned): boolean {
  return module.writesOnce?.({ args, state, changes }) ?? false
}

const newChainId = (): string => randomBytes(6).toString('hex')

export function mustSettle({ module, args, detached }: ModuleCall): boolean {
  if (detached?.pollSeconds === 0) return false
  return typeof module.settles === 'function' ? module.settles(args) : module.settles !== false
}

export async function apply(
  call: ModuleCall,
  { state, changes }: Planned,
  host: HostWriter,
): Promise<unknown> {
  const { module, args, controller, signal, progress } = call
  return module.apply?.({ args, state, changes, host, controller, signal, progress })
}

export async function secondPlan(call: ModuleCall): Promise<readonly string[]> {
  const { module, args, mode } = call
  const state = await probeModule(call)
  return module.plan({ args, state, mode }).map(({ field }) => field)
}

export function writerFor(
  call: ModuleCall,
  actor: Actor,
  writing: { readonly touches: readonly Resource[]; readonly chain?: ChainLink },
): HostWriter {
  const { session, as, env, timeoutMs, progress } = call
  return session.writer(actor, {
    as,
    env,
    ...writing,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(call.detached ? { detached: call.detached } : {}),
    ...(call.guard ? { wrap: call.guard.wrap } : {}),
    onOutput: (text) => progress(text),
    onBytes: (done, total) => progress(bytesText(done, total)),
  })
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)

const bytesText = (done: number, total: number | undefined): string =>
  total === undefined ? `${megabytes(done)} MB` : `${megabytes(done)} of ${megabytes(total)} MB`
