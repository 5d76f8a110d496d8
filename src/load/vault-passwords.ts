import { access, constants, readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { UsageError } from '#model/usage-error.ts'
import { runProgram } from './run-program.ts'

/** Where vault passwords come from, as the command line says it. */
export interface VaultRequest {
  /** Values of `--vault-password-file`: a file, or an executable that prints the password. */
  readonly passwordFiles?: readonly string[]
  /** Values of `--vault-id`: `label@source` or `source`; a source is a file, an executable or `prompt`. */
  readonly ids?: readonly string[]
  /** Asks the person at the terminal, without echo; undefined when there is none. */
  prompt?(question: string): Promise<string | undefined>
}

export interface VaultPassword {
  readonly label: string
  /** For messages: the path or `prompt`. */
  readonly source: string
  readonly bytes: Buffer
}

interface Source {
  readonly label: string
  readonly source: string
}

/** A password source that gave none; its message says why. */
export class PasswordSourceError extends Error {
  override readonly name = 'PasswordSourceError'
}

/** The passwords of one run. A source is read, run or asked at most once, and only when something is encrypted. */
export class VaultPasswords {
  readonly #request: VaultRequest
  readonly #cwd: string
  readonly #sources: readonly Source[]
  readonly #read = new Map<Source, Promise<VaultPassword>>()

  constructor(request: VaultRequest, cwd: string) {
    this.#request = request
    this.#cwd = cwd
    const files = (request.passwordFiles ?? []).map((source) => ({ label: 'default', source }))
    this.#sources = [...(request.ids ?? []).map(parseVaultId), ...files]
  }

  get count(): number {
    return this.#sources.length
  }

  /** Throws UsageError when a file that the command line names does not exist. */
  async check(): Promise<void> {
    for (const { source } of this.#sources) {
      if (source.startsWith('prompt')) continue
      const found = await stat(resolve(this.#cwd, source)).catch(() => undefined)
      if (!found?.isFile()) {
        throw new UsageError(`The vault password file "${source}" does not exist.`, {
          remedy: 'Check the path given with --vault-password-file or --vault-id.',
        })
      }
    }
  }

  /** The passwords in the order to try them: those with the label first. */
  async *inOrder(label: string | undefined): AsyncGenerator<VaultPassword> {
    const matching = this.#sources.filter((source) => source.label === label)
    const others = this.#sources.filter((source) => source.label !== label)
    for (const source of [...matching, ...others]) yield await this.#password(source)
  }

  #password(source: Source): Promise<VaultPassword> {
    const known = this.#read.get(source) ?? this.#obtain(source)
    this.#read.set(source, known)
    return known
  }

  async #obtain({ label, source }: Source): Promise<VaultPassword> {
    const raw = source.startsWith('prompt') ? await this.#ask(label) : await this.#fromFile(label, source)
    const bytes = withoutLineEnds(raw)
    if (bytes.length === 0) throw new PasswordSourceError(`The password from "${source}" is empty.`)
    return { label, source, bytes }
  }

  async #ask(label: string): Promise<Buffer> {
    const question = label === 'default' ? 'Vault password: ' : `Vault password (${label}): `
    const answer = await this.#request.prompt?.(question)
    if (answer === undefined) throw new PasswordSourceError('There is no terminal to ask for the password.')
    return Buffer.from(answer)
  }

  async #fromFile(label: string, source: string): Promise<Buffer> {
    const path = resolve(this.#cwd, source)
    if (await isExecutable(path)) return output(path, clientArguments(path, label))
    return readFile(path).catch((cause) => {
      throw new PasswordSourceError(`The password file "${source}" cannot be read.`, { cause })
    })
  }
}

function parseVaultId(text: string): Source {
  const at = text.indexOf('@')
  return at < 0
    ? { label: 'default', source: text }
    : { label: text.slice(0, at), source: text.slice(at + 1) }
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
