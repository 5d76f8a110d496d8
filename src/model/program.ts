import type { Inventory } from './inventory.ts'
import type { SourceRange } from './source.ts'
import type { Expression, Value, VarsLayer } from './value.ts'

/** A playbook run after compiling: nothing in it is text that still has to be understood. */
export interface Program {
  readonly plays: readonly Play[]
  readonly inventory: Inventory
  /** Level 22: `-e`. */
  readonly extraVars: VarsLayer
  /** The text of each file, for carets in errors that only a host can cause. */
  readonly sources: ReadonlyMap<string, string>
}

/** A condition list is an AND. A literal boolean is an expression too. */
export type Conditions = readonly Expression[]

export interface Play {
  /** `name`, or the pattern when there is none. */
  readonly name: string
  readonly range: SourceRange
  /** Absolute path of the playbook file it stands in. */
  readonly file: string
  readonly hosts: Value
  readonly strategy: 'linear' | 'free' | 'host_pinned'
  /** Batch sizes; empty for one batch of all. The last one repeats. */
  readonly serial: readonly BatchSize[]
  readonly order: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle'
  readonly maxFailPercentage?: number
  readonly forceHandlers: boolean
  /** `undefined`: facts are fetched as they are read. */
  readonly gatherFacts: boolean | undefined
  /** Folder of `facts.local` on the hosts. */
  readonly factPath?: Value
  /** Dotted paths under `facts` that the play's expressions read: `os.family`; `*` when computed. */
  readonly factPaths: ReadonlySet<string>
  /**
   * Levels 12 and 14, weakest first, and with levels 2 and 15 what the roles of `roles:` and `import_role` bring to
   * the whole play, in their order.
   */
  readonly layers: readonly VarsLayer[]
  /** `vars_files` whose names hold variables: found and read per host, level 14. Each inner list: first that exists. */
  readonly dynamicVarsFiles: readonly (readonly Value[])[]
  readonly prompts: readonly VarsPrompt[]
  readonly keywords: Keywords
  /** In order; handlers are flushed after each section. */
  readonly sections: readonly PlaySection[]
  readonly handlers: readonly Task[]
  readonly tags: readonly string[]
}

export interface PlaySection {
  readonly name: 'pre_tasks' | 'roles_and_tasks' | 'post_tasks'
  readonly steps: readonly Step[]
}

export type BatchSize = { readonly count: number } | { readonly percent: number }

export interface VarsPrompt {
  readonly name: string
  readonly prompt: string
  readonly default?: string
  readonly private: boolean
  readonly confirm: boolean
  readonly range: SourceRange
}

/** A role as one place of a play uses it. */
export interface RoleUse {
  readonly name: string
  /** Absolute path of its folder. */
  readonly path: string
  /** Level 2. */
  readonly defaults: VarsLayer
  /** Level 15. */
  readonly vars: VarsLayer
  /** Level 20. */
  readonly params: VarsLayer
  /** Names of the roles that led here, outermost first. */
  readonly parents: readonly string[]
  /**
   * Gives variables the types of the role's argument specification, by name: whatever level a value comes from,
   * steps of the role see it converted. Throws EvaluationError when it cannot be.
   */
  readonly conversions?: ReadonlyMap<string, (value: unknown) => unknown>
}

/**
 * Keywords after inheritance: what holds for one task, its play, role and blocks taken into account.
 * `environment` and `moduleDefaults` are lists, weakest first; all else is the innermost value.
 */
export interface Keywords {
  readonly anyErrorsFatal?: Value
  readonly become?: Value
  readonly becomeUser?: Value
  readonly becomeMethod?: Value
  readonly becomeExe?: Value
  readonly becomeFlags?: Value
  readonly checkMode?: Value
  readonly confirm?: Value
  readonly connection?: Value
  readonly delegateFacts?: Value
  readonly delegateTo?: Value
  readonly diff?: Value
  readonly environment: readonly Value[]
  readonly ignoreErrors?: Value
  readonly ignoreUnreachable?: Value
  /** By module name; weakest first. */
  readonly moduleDefaults: readonly ReadonlyMap<string, Value>[]
  readonly noLog?: Value
  readonly port?: Value
  readonly remoteUser?: Value
  readonly runOnce?: Value
  readonly throttle?: Value
  readonly timeout?: Value
}

export type Step = Task | Block | Include | Meta

interface Common {
  /** Unique within the program, stable for the same text: `site.yml:12:5#role`. */
  readonly id: string
  /** As written, not rendered; undefined when unnamed. */
  readonly name?: Value
  readonly range: SourceRange
  readonly role?: RoleUse
  /** Conditions of the blocks, roles and imports around it, outermost first, then its own. */
  readonly when: Conditions
  readonly tags: readonly string[]
  /** Levels 16 and 17 and 21, weakest first: vars of the blocks and imports around it, then its own. */
  readonly layers: readonly VarsLayer[]
  readonly keywords: Keywords
}

/** One module call. Handlers are tasks with `listen`. */
export interface Task extends Common {
  readonly kind: 'task'
  /** The module's own name, whatever alias the task used. */
  readonly module: string
  /** A mapping, its keys already the module's own argument names. */
  readonly args: Value
  readonly loop?: Loop
  readonly register?: string
  readonly changedWhen?: Conditions
  readonly failedWhen?: Conditions
  readonly until?: Conditions
  readonly retries?: Value
  readonly delay?: Value
  readonly async?: Value
  readonly poll?: Value
  /** A list or a string; names of handlers or topics, its own and those of the blocks around it. */
  readonly notify: readonly Value[]
  readonly listen: readonly string[]
}

export interface Loop {
  /** A list, or an expression or template that gives one. */
  readonly over: Value
  /** `with_items` flattens one level. */
  readonly flatten: boolean
  readonly variable: string
  readonly index?: string
  readonly label?: Value
  readonly pause?: Value
  readonly extended: boolean
  readonly breakWhen?: Conditions
}

export interface Block extends Common {
  readonly kind: 'block'
  readonly block: readonly Step[]
  readonly rescue: readonly Step[]
  readonly always: readonly Step[]
  /** The whole block runs once for each item. */
  readonly loop?: Loop
}

/** `include_tasks` and `include_role`: decided when reached. Static imports are already expanded. */
export interface Include extends Common {
  readonly kind: 'include'
  readonly what: 'tasks' | 'role'
  /** The file or the role's name. */
  readonly target: Value
  readonly loop?: Loop
  readonly register?: string
  readonly roleOptions?: {
    readonly tasksFrom?: Value
    readonly varsFrom?: Value
    readonly defaultsFrom?: Value
    readonly handlersFrom?: Value
    readonly public: boolean
  }
  /**
   * Compiles what a rendered target means, with `apply:` in force. Given by `compile`; reads nothing unless the file
   * was named only at run time. The same request gives the same steps. Rejects with EvaluationError.
   */
  open(request: IncludeRequest): Promise<Included>
}

export interface IncludeRequest {
  readonly target: string
  readonly tasksFrom?: string
  readonly varsFrom?: string
  readonly defaultsFrom?: string
  readonly handlersFrom?: string
}

export interface Included {
  readonly steps: readonly Step[]
  /** Handlers that come with it (a role's), to be added to the play's. */
  readonly handlers: readonly Task[]
  readonly role?: RoleUse
}

export type MetaAction =
  | 'flush_handlers'
  | 'end_play'
  | 'end_host'
  | 'end_batch'
  | 'end_role'
  | 'clear_facts'
  | 'clear_host_errors'
  | 'reset_connection'
  | 'refresh_inventory'
  | 'noop'

export interface Meta extends Common {
  readonly kind: 'meta'
  readonly action: MetaAction
}
