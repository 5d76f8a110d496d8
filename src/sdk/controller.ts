import type { TextDiff } from '#model/change.ts'
import type { Vars } from '#model/value.ts'

export interface ByteRange {
  readonly from: number
  readonly to: number
}

/** A file on the machine tsplay runs on. */
export interface ControllerFile {
  readonly kind: 'controller-file'
  /** Absolute path. */
  readonly path: string
  readonly size: number
  readonly mode: number
  /** Lower-case hex; computed once per run and file. */
  checksum(algorithm?: 'sha256' | 'sha1' | 'md5'): Promise<string>
  /** Begins with the SHA-256 sum in spare time, for when `checksum` will be asked for it. */
  prepareChecksum(): void
  /** The whole content; decrypted when it is a vault file. For files that are known to be small. */
  read(): Promise<Uint8Array>
  /** All of it, or a range: from this byte on, and up to before that one. A piece is good until the next is asked for. */
  stream(range?: ByteRange): AsyncIterable<Uint8Array>
}

export interface ControllerEntry {
  /** Relative to the folder that was listed, with `/`. */
  readonly path: string
  readonly type: 'file' | 'directory' | 'link'
  readonly target?: string
  readonly mode: number
  readonly file?: ControllerFile
}

export type ArchiveFormat = 'tar' | 'tar.gz' | 'tar.bz2' | 'tar.xz' | 'tar.zst' | 'zip'

/** One thing in an archive. */
export interface ArchiveEntry {
  /** Without `./` or `/` in front. */
  readonly path: string
  readonly type: 'file' | 'directory' | 'link' | 'hard link'
  readonly mode: number
  readonly modified: Date
  /** Of a file. */
  readonly size?: number
  /** The sha256 of a file, in lower-case hex. */
  readonly sum?: string
  /** Of a link. */
  readonly target?: string
}

export interface ControllerArchive {
  readonly format: ArchiveFormat
  readonly entries: readonly ArchiveEntry[]
}

export interface ProcessResult {
  readonly rc: number
  readonly stdout: string
  readonly stderr: string
}

export interface TarOptions {
  /** Shell patterns, compared with names and with paths below the folder. */
  readonly exclude?: readonly string[]
  /** Only these paths below the folder, exactly; folders above them come along. */
  readonly only?: readonly string[]
}

/**
 * The machine tsplay runs on, as a module may use it. Relative paths are searched as Ansible does: the
 * role's `files/` (or `templates/`, `vars/`), the role, the task file's folder, the playbook's folder.
 */
export interface Controller {
  /**
   * Throws TaskFailure, naming the places searched, when it is not there. `written` searches only where `write`
   * puts a relative path.
   */
  file(path: string, kind?: 'files' | 'templates' | 'vars' | 'written'): Promise<ControllerFile>
  /**
   * Everything below a folder, parents before children; undefined when the path is not a folder. `written` looks only
   * where `write` puts a relative path.
   */
  folder(path: string, kind?: 'files' | 'written'): Promise<readonly ControllerEntry[] | undefined>
  /** As `file` and `folder`, but vault files stay encrypted: what they tell is of the file as it stands here. */
  readonly asStored: Pick<Controller, 'file' | 'folder'>
  /** Renders a template file with the variables of this host at this task. */
  template(path: string): Promise<string>
  /** Reads a file of variables; its templates are rendered when used. */
  vars(path: string): Promise<Vars>
  /** The documents of YAML text as plain values, empty ones left out. Throws SyntaxError. */
  documents(text: string): readonly unknown[]
  /** Writes a file here, atomically, making folders; `mode` as for a new file. Not available to probes. */
  write(path: string, content: AsyncIterable<Uint8Array>, options?: { mode: number }): Promise<void>
  /** What an archive holds, by its content; found and refused as `file` does. */
  archive(path: string): Promise<ControllerArchive>
  /** A packed stream of a folder or file, for hosts' `tar xpf -`. */
  tar(path: string, options?: TarOptions): AsyncIterable<Uint8Array>
  /** Runs a program here. Reads only when a probe calls it. */
  run(
    argv: readonly string[],
    options?: { input?: string; env?: Record<string, string> },
  ): Promise<ProcessResult>
  /** Absolute: where the project keeps its history and its restore points. */
  readonly stateFolder: string
  readonly env: Readonly<Record<string, string | undefined>>
  now(): Date
  /** Rejects when the run is stopped, or `signal` aborts it. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  random(bytes: number): Uint8Array
  /** Asks the person at the terminal; undefined without one. */
  prompt(question: string, options?: { echo?: boolean }): Promise<string | undefined>
}

export type { TextDiff }
