import type { SourceRange } from './source.ts'

/** What expressions and templates may ask of the machine tsplay runs on. Relative paths are the caller's to resolve. */
export interface ControllerReads {
  env(name: string): string | undefined
  /** Throws when the file cannot be read. */
  readFile(path: string): string
  exists(path: string): boolean
  glob(pattern: string): readonly string[]
  /** Runs a command line with `sh -c` and gives its stdout. */
  pipe(command: string): string
  now(): Date
  /**
   * Makes a file that only its owner can read, with its folders; throws when it exists. Absent where nothing may
   * be written, as in check mode.
   */
  createSecret?(path: string, text: string): void
}

/** The variables one host sees at one task. */
export interface Lookup {
  /** Whether the name is defined at all (its value may still fail to render). */
  has(name: string): boolean
  /** The rendered value. Throws `UndefinedName`, `EvaluationError` or `UnknownValue`. */
  get(name: string): unknown
  /** All defined names, for "did you mean". */
  names(): Iterable<string>
  readonly controller: ControllerReads
}

interface Readable {
  /** The text as the user wrote it. */
  readonly text: string
  readonly range: SourceRange
  /** Root names it reads: `st` for `st.stat.exists`. Names guarded by `defined()`/`default()` are included. */
  readonly names: ReadonlySet<string>
  /** Dotted paths it reads, the root included; a computed step is `*`: `hostvars.*.facts.os.family`. */
  readonly paths: ReadonlySet<string>
  /** The names of `names` that must be defined: used outside any guard. */
  readonly required: ReadonlySet<string>
}

/** A CEL expression, parsed once and evaluated per host. */
export interface Expression extends Readable {
  evaluate(lookup: Lookup): unknown
  /** Where a root name first stands, for diagnostics. */
  rangeOf(name: string): SourceRange
}

/**
 * Any value of a playbook: a tree of literals, templates and expressions, parsed once and rendered per host.
 * A string that is exactly one template expression keeps its type.
 */
export interface Value extends Readable {
  /** True when nothing in it depends on a variable: then `render` gives the same for every host. */
  readonly literal: boolean
  render(lookup: Lookup): unknown
  rangeOf(name: string): SourceRange
  /** The value at a key of a mapping or an index of a list, when it is one. Lets callers render parts. */
  child(key: string | number): Value | undefined
  /** The keys when it is a mapping written out in the file. */
  readonly keys?: readonly string[]
  /** The number of items when it is a list written out in the file. */
  readonly length?: number
}

/** Values by name, each with the place that set it. */
export type Vars = ReadonlyMap<string, Value>

/**
 * One layer of variables. `level` is the number of Ansible's order of precedence (1 weakest, 22 strongest),
 * `origin` says to a person where it comes from: `group_vars/web.yml`.
 */
export interface VarsLayer {
  readonly level: number
  readonly origin: string
  /**
   * Orders layers of one level that stand in different groups: all layers of rank 0 are weaker than those of
   * rank 1, whatever group they belong to. The second inventory's `group_vars` has rank 1. Absent is 0.
   */
  readonly rank?: number
  readonly vars: Vars
}
