import type { Resource } from '#model/change.ts'
import type { ControllerFile } from './controller.ts'
import type { Fact, KeyedFact } from './fact.ts'
import type { Command } from './quote.ts'

export interface CommandResult {
  readonly rc: number
  readonly stdout: string
  readonly stderr: string
}

export interface ReadOptions {
  /** What the command looks at; its answer is remembered until one of these is touched. Default: everything. */
  readonly reads?: readonly Resource[]
  readonly binary?: boolean
}

/** A host that can be asked. Nothing on it changes a host; that is what check mode rests on. */
export interface ReadHost {
  /** The inventory name. */
  readonly name: string
  fact<T>(fact: Fact<T>): Promise<T>
  fact<T>(fact: KeyedFact<T>, key: string): Promise<T>
  /** Runs a command that only reads. Any exit code is an answer. Prefer a fact when others may ask the same. */
  read(command: Command, options?: ReadOptions): Promise<CommandResult>
  /** The bytes of a file, over a channel of its own: for large or binary content. Throws HostError when absent. */
  download(path: string): AsyncIterable<Uint8Array>
}

export interface RunOptions {
  /** Exit codes that are not a failure. Default: only 0. */
  readonly accept?: readonly number[] | 'any'
  readonly env?: Readonly<Record<string, string>>
  readonly binary?: boolean
  /** Shows output while the command runs. */
  readonly live?: boolean
}

export interface FileWrite {
  readonly path: string
  /** Text is written as UTF-8; a `ControllerFile` is streamed when it is large. */
  readonly content: string | Uint8Array | ControllerFile
  /** Permission bits. Give the present ones to keep them. */
  readonly mode: number
  /** Names or numbers; left out: those of the acting user. */
  readonly owner?: string | number
  readonly group?: string | number
  /** A command with `%s` for the new file; a failure leaves the old file in place. */
  readonly validate?: string
  /** Keeps the old file beside it with a time stamp; its path is given back. */
  readonly backup?: boolean
  /** The question for the new file's SHA-256 sum: that of a large file is taken as it is written, not asked for again. */
  readonly sum?: { readonly fact: KeyedFact<string | undefined>; readonly key: string }
}

/** A host that can be changed. */
export interface WriteHost extends ReadHost {
  /** Runs a command; throws HostError `command-failed` with its output when the exit code is not accepted. */
  run(command: Command, options?: RunOptions): Promise<CommandResult>
  /**
   * Replaces a file atomically: temporary file in the same folder, owner and mode first, then rename.
   * An interrupted write leaves the old or the new file, never half of one.
   */
  write(file: FileWrite): Promise<{ backup?: string }>
  /** Streams bytes into a command's stdin (a tar stream into `tar xpf -`, say). */
  pipe(content: AsyncIterable<Uint8Array>, command: Command): Promise<CommandResult>
  /** Ends the connection's shells so that new groups take effect. */
  reset(): Promise<void>
  /** Tries to open a new connection once, beside the present one; throws HostError when it cannot. */
  reconnect(): Promise<void>
}
