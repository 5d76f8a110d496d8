import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { HostError } from '#model/host-error.ts'
import { ConnectGate } from './connect-gate.ts'
import { oncePer } from './once-per.ts'
import { type ConfigLine, concernsHost, configLines } from './ssh-config-files.ts'
import { addOption, parseSshG, type SshOptions } from './ssh-options.ts'

export interface ConfigQuestion {
  readonly alias: string
  readonly user?: string
  readonly port?: number
  /** As `ssh -F`: read instead of the user's and the system's files. */
  readonly file?: string
}

const nothing: SshOptions = new Map()
const processesAtATime = 4
const systemConfig = '/etc/ssh/ssh_config'

/**
 * Answers what ssh_config says about a host: through `ssh -G` where OpenSSH is installed, since only it knows all
 * of the language; else through the `ssh-config` library. Hosts that no line concerns cost nothing.
 */
export class SshConfig {
  readonly #home: string
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #systemFile: string
  readonly #answers = new Map<string, Promise<SshOptions>>()
  readonly #lines = new Map<string, readonly ConfigLine[]>()
  readonly #gate = new ConnectGate(processesAtATime)
  #installed: boolean | undefined

  constructor(options: {
    home: string
    env: Readonly<Record<string, string | undefined>>
    systemFile?: string
  }) {
    this.#home = options.home
    this.#env = options.env
    this.#systemFile = options.systemFile ?? systemConfig
  }

  optionsFor(question: ConfigQuestion): Promise<SshOptions> {
    const id = JSON.stringify([question.alias, question.user, question.port, question.file])
    return oncePer(this.#answers, id, () => this.#answer(question))
  }

  async #answer(question: ConfigQuestion): Promise<SshOptions> {
    const lines = this.#linesOf(question.file)
    if (!concernsHost(lines, question.alias)) return nothing
    if (this.#installed !== false && this.#readsTheSame(question)) {
      const options = await this.#gate.through('ssh', () => this.#askOpenSsh(question))
      if (options) return options
    }
    return computed(lines, question)
  }

  #linesOf(file: string | undefined): readonly ConfigLine[] {
    const key = file ?? ''
    const home = this.#home
    const files = file ? [file] : [join(home, '.ssh', 'config'), this.#systemFile]
    const lines = this.#lines.get(key) ?? files.flatMap((path) => configLines(path, { home }))
    this.#lines.set(key, lines)
    return lines
  }

  /** OpenSSH takes the home folder from the user database and the system's file from where it was built for. */
  #readsTheSame({ file }: ConfigQuestion): boolean {
    return file !== undefined || (this.#home === userInfo().homedir && this.#systemFile === systemConfig)
  }

  /** Undefined when there is no `ssh` here. */
  #askOpenSsh({ alias, user, port, file }: ConfigQuestion): Promise<SshOptions | undefined> {
    const args = [
      ...(file ? ['-F', file] : []),
      ...(user ? ['-l', user] : []),
      ...(port ? ['-p', String(port)] : []),
    ]
    return new Promise((resolve, reject) => {
      execFile('ssh', ['-G', ...args, '--', alias], { env: { ...this.#env } }, (error, stdout, stderr) => {
        this.#installed = !(error && 'code' in error && error.code === 'ENOENT')
        if (!this.#installed) resolve(undefined)
        else if (error) reject(badConfig(alias, stderr.trim() || error.message, error))
        else resolve(parseSshG(stdout))
      })
    })
  }
}

async function computed(lines: readonly ConfigLine[], { alias }: ConfigQuestion): Promise<SshOptions> {
  const { default: Parser } = await import('ssh-config')
  const text = lines.map(({ keyword, value }) => `${keyword} ${value}\n`).join('')
  const options = new Map<string, string[]>()
  // Commands in the file are not run without OpenSSH's own rules for them.
  const found = Parser.parse(text).compute(alias, { matchExec: false })
  for (const [keyword, value] of Object.entries(found)) {
    for (const one of [value].flat()) addOption(options, keyword, String(one))
  }
  return options
}

function badConfig(alias: string, said: string, cause: unknown): HostError {
  return new HostError('unreachable', `The SSH configuration for ${alias} cannot be read: ${said}`, { cause })
}
