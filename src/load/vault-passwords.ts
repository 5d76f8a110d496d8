import { access, constants, readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Secret } from '#model/secret.ts'
import { UsageError } from '#model/usage-error.ts'
import { runProgram } from './run-program.ts'

/** One password for vault files: `--vault-id label@source`, or `--vault-password-file` with the label `default`. */
export interface VaultId {
  readonly label: string
  /** A file that holds the password, an executable that prints it, or the password itself, typed at a prompt. */
  readonly source: { readonly file: string } | { readonly password: Secret }
}

export interface VaultPassword {
  readonly label: string
  /** For messages: the path or `prompt`. */
  readonly source: string
  readonly bytes: Buffer
}

/** A password source that gave none; its message says why. */
export class PasswordSourceError extends Error {
  override readonly name = 'PasswordSourceError'
}

/** The passwords of one run. A file is read or run at most once, and only when something is encrypted. */
export class VaultPasswords {
  readonly #ids: readonly VaultId[]
  readonly #cwd: string
  readonly #read = new Map<VaultId, Promise<VaultPassword>>()

  constructor(ids: readonly VaultId[], cwd: string) {
    this.#ids = ids
    this.#cwd = cwd
  }

  get count(): number {
    return this.#ids.length
  }

  /** Throws UsageError when a file that the command line names does not exist. */
  async check(): Promise<void> {
    for (const { source } of this.#ids) {
      if (!('file' in source)) continue
      const found = await stat(resolve(this.#cwd, source.file)).catch(() => undefined)
      if (found && !found.isDirectory()) continue
      throw new UsageError(`There is no vault password file "${source.file}".`, {
        remedy: 'Check the path given with --vault-password-file or --vault-id.',
      })
    }
  }

  /** The passwords in the order to try them: those with the label first. */
  async *inOrder(label: string | undefined): AsyncGenerator<VaultPassword> {
    const matching = this.#ids.filter((id) => id.label === label)
    const others = this.#ids.filter((id) => id.label !== label)
    for (const id of [...matching, ...others]) yield await this.#password(id)
  }

  #password(id: VaultId): Promise<VaultPassword> {
    const known = this.#read.get(id) ?? this.#obtain(id)
    this.#read.set(id, known)
    return known
  }

  async #obtain({ label, source }: VaultId): Promise<VaultPassword> {
    const name = 'file' in source ? source.file : 'prompt'
    const raw =
      'file' in source ? await this.#fromFile(label, source.file) : Buffer.from(source.password.reveal())
    const bytes = withoutLineEnds(raw)
    if (bytes.length === 0) throw new PasswordSourceError(`The password from "${name}" is empty.`)
    return { label, source: name, bytes }
  }

  async #fromFile(label: string, file: string): Promise<Buffer> {
    const path = resolve(this.#cwd, file)
    if (await isExecutable(path)) return output(path, clientArguments(path, label))
    return readFile(path).catch((cause) => {
      throw new PasswordSourceError(`The password file "${file}" cannot be read.`, { cause })
    })
  }
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** Ansible's protocol: a program called `…-client` is told which password is wanted. */
function clientArguments(path: string, label: string): readonly string[] {
  return /-client(\.[^.]*)?$/.test(basename(path)) ? ['--vault-id', label] : []
}

async function output(path: string, args: readonly string[]): Promise<Buffer> {
  const { failure, stdout, stderr } = await runProgram(path, args)
  if (failure === undefined) return stdout
  throw new PasswordSourceError(`The password program "${path}" ${failure}. ${stderr.trim()}`.trimEnd())
}

function withoutLineEnds(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/^[\r\n]+|[\r\n]+$/g, ''), 'latin1')
}
