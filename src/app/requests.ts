import type { ExitReason } from '#model/exit-code.ts'
import type { Due } from '#model/run-record.ts'
import type { Secret } from '#model/secret.ts'

/** How a use case ended; the exit code follows from it alone. */
export interface Outcome {
  readonly exitReason: ExitReason
}

/** Which hosts there are and which of them are meant. */
export interface HostSelection {
  /** `-i`, in order; empty for the project's own: `./inventory`. */
  readonly inventories: readonly string[]
  /** `--limit`: a pattern, or `@file`. */
  readonly limit?: string
  /** What an unknown name in a pattern is. */
  readonly unknownHosts: 'error' | 'warn'
}

/** Where variables and passwords for files come from, besides the files themselves. */
export interface VariableSources {
  /** `-e`, in order, as typed: `k=v …` (each value typed like YAML), `@file`, or a JSON or YAML mapping. */
  readonly extraVars: readonly string[]
  /** `--vault-password-file` and `--vault-id`, in order. */
  readonly vaultIds: readonly VaultId[]
}

/** One password or identity for vault files. */
export interface VaultId {
  /** `default` without a label. */
  readonly label: string
  /** A file or executable, or the password that was typed in. */
  readonly source: { readonly file: string } | { readonly password: Secret }
}

/** Connection variables and limits from the command line. They beat the inventory only where Ansible's do. */
export interface ConnectionOptions {
  readonly user?: string
  /** `-k`, asked for before the display starts. */
  readonly password?: Secret
  readonly privateKeyFile?: string
  readonly connection?: 'ssh' | 'local'
  readonly connectTimeoutSeconds?: number
  readonly hostKeyChecking?: 'strict' | 'accept-new' | 'off'
  readonly become: boolean
  readonly becomeUser?: string
  readonly becomeMethod?: 'sudo' | 'su' | 'doas'
  /** `-K`. */
  readonly becomePassword?: Secret
  readonly forks: number
  /** The longest readahead in tasks; 0 switches it off; undefined for the engine's own. */
  readonly readahead?: number
}

/** How events are shown. */
export interface OutputOptions {
  /** What stdout carries. */
  readonly format: 'text' | 'json'
  /** Files that get a JUnit report as well. */
  readonly junitFiles: readonly string[]
  readonly quiet: boolean
  /** 0 to 3. */
  readonly verbosity: number
  /** Texts before and after, as unified diffs. */
  readonly diff: boolean
}

/** `tsplay run` and `tsplay plan`. */
export interface RunRequest {
  readonly command: 'run' | 'plan'
  /** As typed, at least one. */
  readonly playbooks: readonly string[]
  readonly hosts: HostSelection
  readonly variables: VariableSources
  readonly connection: ConnectionOptions
  readonly output: OutputOptions
  readonly mode: 'apply' | 'check'
  /** Empty for all. */
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly startAtTask?: string
  /** Ask before each task. */
  readonly step: boolean
  readonly forceHandlers: boolean
  /** What becomes of handlers that an earlier run left pending. `ask` falls back to a warning without a terminal. */
  readonly pending: 'run' | 'drop' | 'ask'
  /** Instead of running: check only, or list what would run. Several lists may be asked for at once. */
  readonly instead?: {
    readonly syntaxCheck: boolean
    readonly listHosts: boolean
    readonly listTasks: boolean
    readonly listTags: boolean
  }
  /** `--explain-cost`: say what a run would cost, and change nothing. */
  readonly explainsCost?: boolean
  /** `--profile`: a file for the timeline of hosts, tasks and flights. */
  readonly profileFile?: string
  /** `plan --exit-code`: exit with `pending` when something would change or is unknown. */
  readonly pendingExitCode: boolean
  /** What a schedule started: the id it is recorded under, and what for. */
  readonly recorded?: { readonly id: string; readonly due: Due }
}

/** `tsplay exec`. */
export interface AdHocRequest {
  readonly pattern: string
  readonly call: ModuleCall
  readonly hosts: HostSelection
  readonly variables: VariableSources
  readonly connection: ConnectionOptions
  readonly output: OutputOptions
  readonly mode: 'apply' | 'check'
  readonly taskTimeoutSeconds?: number
  /** Only print the hosts that match. */
  readonly listHosts: boolean
}

/** What an ad-hoc command calls. */
export type ModuleCall =
  /** `-- command args`: exactly these words, no shell in between. */
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  /** `-m module key=value …`: words as the shell gave them; for a free-form module they may be its text. */
  | { readonly kind: 'module'; readonly module: string; readonly words: readonly string[] }
  /** `-m module -a 'text'`: one text that still has to be split, unless the module is free-form. */
  | { readonly kind: 'module-text'; readonly module: string; readonly text: string }

/** `tsplay inventory`. */
export interface InventoryRequest {
  readonly hosts: HostSelection
  readonly variables: VariableSources
  readonly show:
    | { readonly kind: 'list' }
    | { readonly kind: 'graph'; readonly group?: string; readonly vars: boolean }
    | { readonly kind: 'host'; readonly host: string }
    /** Without a host: for every selected host. */
    | { readonly kind: 'explain'; readonly variable: string; readonly host?: string }
  readonly format: 'json' | 'yaml'
}

/** `tsplay validate`: everything that can be known without a connection. */
export interface ValidateRequest {
  readonly playbooks: readonly string[]
  readonly hosts: HostSelection
  readonly variables: VariableSources
  readonly output: OutputOptions
}

/** `tsplay doc`. */
export interface DocRequest {
  readonly show:
    | { readonly kind: 'modules' }
    | { readonly kind: 'module'; readonly name: string }
    | { readonly kind: 'functions' }
    | { readonly kind: 'roles' }
    | { readonly kind: 'role'; readonly name: string }
  readonly format: 'text' | 'json'
}

/** `tsplay schema`. */
export interface SchemaRequest {
  readonly of: 'playbook' | 'inventory' | 'schedules'
}

/** `tsplay lab`. */
export type LabRequest =
  | {
      readonly action: 'up'
      readonly lab: string
      /** Names; empty for `count` of them. */
      readonly hosts: readonly string[]
      readonly count?: number
      /** `-f`: a `lab.yml` that says all of it. */
      readonly file?: string
      /** `--backend`: how to have hosts; the most faithful way that the machine can when absent. */
      readonly backend?: 'nspawn' | 'userns' | 'sshd'
      /** `--real`: a folder with programs that take the place of doubles. */
      readonly real?: string
    }
  | { readonly action: 'down'; readonly lab: string }
  | { readonly action: 'status'; readonly lab: string; readonly format: 'text' | 'json' }
  | {
      readonly action: 'ssh'
      readonly lab: string
      readonly host: string
      readonly command: readonly string[]
    }
  | {
      readonly action: 'fault'
      readonly lab: string
      readonly host: string
      /** Absent: show the faults there are. */
      readonly program?: string
      /** The first words of the calls that are meant. */
      readonly words: readonly string[]
      readonly clear: boolean
      readonly fault: LabFault
    }
  | {
      readonly action: 'road'
      readonly lab: string
      readonly host: string
      /** `100ms` */
      readonly delay?: string
      /** Bytes a second: `1M`. */
      readonly rate?: string
      readonly reorder?: string
      readonly cut: boolean
      readonly drop: boolean
      readonly clear: boolean
    }
  | { readonly action: 'calls'; readonly lab: string; readonly host: string }
  /** The first words are hosts, as long as they name some; without any, it is for all of them. */
  | { readonly action: 'exec'; readonly lab: string; readonly words: readonly string[] }
  | {
      readonly action: 'reset' | 'reboot' | 'kill' | 'freeze' | 'thaw'
      readonly lab: string
      readonly hosts: readonly string[]
    }
  | {
      readonly action: 'fill'
      readonly lab: string
      readonly host: string
      /** Empty for the whole disk. */
      readonly folders: readonly string[]
      /** Bytes: `1M`. */
      readonly leave?: string
      readonly clear: boolean
    }
  /** `ahead`: `10m`, `3d` */
  | { readonly action: 'clock'; readonly lab: string; readonly host: string; readonly ahead: string }
  /** Of the lab's keeper when no host is named. */
  | { readonly action: 'logs'; readonly lab: string; readonly host?: string }
  | {
      readonly action: 'image'
      readonly what: 'list' | 'build' | 'remove'
      /** Releases; empty for all that there are, or the usual one. */
      readonly suites: readonly string[]
      readonly backend?: 'nspawn' | 'userns' | 'sshd'
    }

/** How a double shall misbehave. */
export interface LabFault {
  readonly exit?: number
  readonly stdout?: string
  readonly stderr?: string
  /** `500ms`, `2s`, `1m`. */
  readonly delay?: string
  readonly hang?: boolean
  readonly times?: number
}

/** `tsplay test`. */
export interface TestRequest {
  /** Names or paths; empty for all that have scenarios. */
  readonly roles: readonly string[]
  /** Names of scenarios; empty for all. */
  readonly scenarios: readonly string[]
  /** Debian releases in place of those that the scenarios name. */
  readonly suites: readonly string[]
  /** Leave the labs up. */
  readonly keep: boolean
  /** How many scenarios at a time; undefined for what this machine can hold. */
  readonly jobs?: number
  /** Only say which scenarios there are. */
  readonly list: boolean
  readonly variables: VariableSources
  readonly output: OutputOptions
}

/** What shell completion may ask for. Answers come from the project in the working folder, never from a host. */
export interface CompletionRequest {
  readonly of: 'hosts' | 'tags' | 'modules' | 'functions' | 'lab-hosts' | 'roles'
  readonly hosts: HostSelection
  readonly playbooks: readonly string[]
}

/** One word the shell may offer, with a few words about it. */
export interface Completion {
  readonly value: string
  readonly description: string
}
