import type { Static, TSchema } from 'typebox'
import type { Change, Resource } from '#model/change.ts'
import type { Vars } from '#model/value.ts'
import type { Controller } from './controller.ts'
import type { KeyedFact } from './fact.ts'
import type { ReadHost, WriteHost } from './host.ts'
import type { Script } from './quote.ts'

export interface ProbeContext<Args> {
  readonly args: Args
  readonly host: ReadHost
  readonly controller: Omit<Controller, 'write'>
  readonly mode: Mode
  /** The number of `-v` on the command line. */
  readonly verbosity: number
  /** Whether texts before and after will be shown: what only a diff needs is not worth a round trip without. */
  readonly diff: boolean
}

export type Mode = 'apply' | 'check'

export interface PlanContext<Args, State> {
  readonly args: Args
  readonly state: State
  readonly mode: Mode
}

export interface ApplyContext<Args, State> {
  readonly args: Args
  readonly state: State
  readonly changes: readonly Change[]
  readonly host: WriteHost
  readonly controller: Controller
  readonly signal: AbortSignal
  /** Says how far long work is: "43 of 100 MB", "waiting for port 22, 12 s". */
  progress(text: string): void
}

export interface ResultContext<Args, State, Applied> {
  readonly args: Args
  readonly state: State
  readonly changes: readonly Change[]
  /** What `apply` gave; undefined when nothing changed and in check mode. */
  readonly applied: Applied | undefined
  readonly mode: Mode
}

/** What a task leaves beyond its changes. */
export interface ModuleResult {
  readonly msg?: string
  /** Goes into the registered result: `{ stat: {…} }`, `{ rc, stdout, stderr }`. */
  readonly data?: Readonly<Record<string, unknown>>
  /** The task fails although the module worked: a command's exit code, say. */
  readonly failed?: boolean
  /** The task counts as skipped, for this reason. */
  readonly skipped?: string
  /** Overrides "changed = there were changes", for commands whose own output tells. */
  readonly changed?: boolean
  readonly warnings?: readonly string[]
  readonly effects?: Effects
}

/** What a task does to the run itself rather than to a host. */
export interface Effects {
  /** Variables of the host from now on (`set_fact`, `register`-like). */
  readonly facts?: Readonly<Record<string, unknown>>
  /** Variables from a file, still templates (`include_vars`). */
  readonly vars?: Vars
  /** The same under one name, as a mapping. */
  readonly namedVars?: { name: string; vars: Vars }
  readonly addHost?: { name: string; groups: readonly string[]; vars: Readonly<Record<string, unknown>> }
  readonly groupBy?: { groups: readonly string[]; parents: readonly string[] }
  readonly stats?: Readonly<Record<string, unknown>>
}

export interface ModuleExample {
  readonly title: string
  readonly args: unknown
}

export interface ModuleDefinition<Schema extends TSchema = TSchema, State = unknown, Applied = unknown> {
  /** One sentence, third person: "Sets the static hostname of a systemd host." */
  readonly summary: string
  /** Further paragraphs for the reference, in Markdown. */
  readonly description?: string
  /** Other names it answers to: `systemd_service`. */
  readonly aliases?: readonly string[]
  /** Build with `t.Args`; every argument described, unknown ones refused. */
  readonly args: Schema
  readonly examples: readonly ModuleExample[]
  /** The argument that a bare string goes to: `command: ls -l` means `{ cmd: 'ls -l' }`. */
  readonly freeForm?: string
  /** Names of arguments that stand for others: `{ dest: 'path', name: 'path' }`. */
  readonly argumentAliases?: Readonly<Record<string, string>>
  /** `controller`: never talks to the host, costs no flight. Default `host`. */
  readonly runs?: 'host' | 'controller'
  /**
   * False for modules that act on each call (`command`, `reboot`), or for the calls of a module that do
   * (`state: restarted`): their second plan may not be empty.
   */
  readonly settles?: boolean | ((args: Static<Schema>) => boolean)
  /** Reads the present state. It may ask the host and must not change anything. */
  probe(context: ProbeContext<Static<Schema>>): Promise<State> | State
  /** Compares. Pure: same answer for the same input, no host at all. Throws `TaskFailure` for the impossible. */
  plan(context: PlanContext<Static<Schema>, State>): readonly Change[]
  /**
   * Whether there is nothing to do only because the thing is not there. In check mode an earlier change that was not
   * made may bring it; the plan then says unknown instead of ok. Left out: never.
   */
  isMoot?(context: PlanContext<Static<Schema>, State>): boolean
  /** Makes the changes. Called only when there are any, and never in check mode. */
  apply?(context: ApplyContext<Static<Schema>, State>): Promise<Applied>
  /** Pure. What to register and say. */
  result?(context: ResultContext<Static<Schema>, State, Applied>): ModuleResult
  /**
   * True when `apply` is exactly one `host.run` or `host.write`, and has succeeded when that ended with 0. It asks the host
   * nothing but what has become of the change, and begins to before it awaits it, so that both travel in one flight. Changes of neighbouring tasks then travel together. Left out: false.
   */
  writesOnce?(context: ChangeContext<Static<Schema>, State>): boolean
  /**
   * What a change will make the module's own facts answer, where that is known, so that the next task of this kind can
   * be planned before the change is made. Undefined: it cannot be known. The answers may leave times and inode open;
   * in turn, a module that foretells may not use those.
   */
  foretells?(context: ChangeContext<Static<Schema>, State>): Promise<Foretelling | undefined>
  /** The same for all that lies below a folder: what a change leaves there is what it says, and nothing else. */
  foretellsBelow?(context: ChangeContext<Static<Schema>, State>): ForetellingBelow | undefined
  /**
   * Pure. One change that does what several neighbouring calls would do one after the other, when their options agree.
   * What its `apply` gives is given to the `result` of each of them.
   */
  join?(
    calls: readonly ChangeContext<Static<Schema>, State | undefined>[],
  ): { readonly args: Static<Schema>; readonly changes: readonly Change[] } | undefined
  /** What `apply` may alter. Left out: everything. */
  touches?(context: ChangeContext<Static<Schema>, State>): readonly Resource[]
}

/** A change that has been planned. */
export interface ChangeContext<Args, State> {
  readonly args: Args
  readonly state: State
  readonly changes: readonly Change[]
}

/** What the host will answer once a change has been made. */
export interface Foretelling {
  readonly answers: readonly {
    readonly fact: KeyedFact<unknown>
    readonly key: string
    readonly value: unknown
  }[]
  /** Ends with 0 on a host that is as foretold, in everything but times and inode. */
  readonly check: Script
}

/** What the host will answer of paths in a folder once a change has been made, whole: no module needs more. */
export interface ForetellingBelow {
  readonly folder: string
  readonly answers: readonly {
    readonly fact: KeyedFact<unknown>
    /** The fact's key for a path. */
    key(path: string): string
    value(path: string): unknown
  }[]
  /** Ends with 0 on a host where it is as foretold at this path. */
  check(path: string): Script
}

/** Types a module from its argument schema; adds nothing at run time. */
export function defineModule<Schema extends TSchema, State, Applied = void>(
  definition: ModuleDefinition<Schema, State, Applied>,
): ModuleDefinition<Schema, State, Applied> {
  return definition
}

/** The task cannot be done or did not succeed; its message is for the user. `data` joins the registered result. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure'
  readonly data: Readonly<Record<string, unknown>>

  constructor(message: string, data: Readonly<Record<string, unknown>> = {}, options?: { cause?: unknown }) {
    super(message, options)
    this.data = data
  }
}
