import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { VaultId } from '#app/requests.ts'
import type { Terminal } from '#base/terminal.ts'
import { Secret } from '#model/secret.ts'
import { UsageError } from '#model/usage-error.ts'
import type { OptionValues } from './option-values.ts'

/** The passwords a command line asks for, read before anything is displayed. */
export interface Passwords {
  readonly connection?: Secret
  readonly become?: Secret
  readonly vault: readonly VaultId[]
}

type Ask = (question: string) => Promise<Secret>

/** Asks in a fixed order: connection, become, vault. Without a terminal each answer is a line of stdin. */
export async function readPasswords(values: OptionValues, terminal: Terminal): Promise<Passwords> {
  const asker = terminal.canAsk ? askAtTerminal(terminal) : readLines(terminal)
  try {
    const connection = await password(values, asker.ask, {
      flag: 'askPass',
      file: 'connectionPasswordFile',
      question: 'SSH password: ',
    })
    const become = await password(values, asker.ask, {
      flag: 'askBecomePass',
      file: 'becomePasswordFile',
      question: 'Become password: ',
    })
    return {
      ...(connection && { connection }),
      ...(become && { become }),
      vault: await vaultIds(values, asker.ask),
    }
  } finally {
    asker.done()
  }
}

async function password(
  values: OptionValues,
  ask: Ask,
  from: { readonly flag: string; readonly file: string; readonly question: string },
): Promise<Secret | undefined> {
  const file = values.text(from.file)
  if (file !== undefined) return await passwordFile(file)
  return values.flag(from.flag) ? await ask(from.question) : undefined
}

async function passwordFile(file: string): Promise<Secret> {
  try {
    return new Secret((await readFile(file, 'utf8')).replace(/\r?\n$/, ''))
  } catch (error) {
    throw new UsageError(`The password file "${file}" cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

async function vaultIds(values: OptionValues, ask: Ask): Promise<readonly VaultId[]> {
  const given = await givenVaultIds(values, ask, {
    files: 'vaultPasswordFile',
    ids: 'vaultId',
    ask: 'askVaultPass',
  })
  return given.length > 0 ? given : usualVaultIds(process.env)
}

/** Names of the options that give vault passwords. */
export interface VaultOptions {
  readonly files: string
  readonly ids: string
  readonly ask: string
}

async function givenVaultIds(
  values: OptionValues,
  ask: Ask,
  options: VaultOptions,
): Promise<readonly VaultId[]> {
  const ids: VaultId[] = values.list(options.files).map((file) => ({ label: 'default', source: { file } }))
  for (const text of values.list(options.ids)) {
    const at = text.indexOf('@')
    const label = at === -1 ? 'default' : text.slice(0, at)
    const source = text.slice(at + 1)
    ids.push({ label, source: source === 'prompt' ? await typedIn(label, ask) : { file: source } })
  }
  if (values.flag(options.ask)) ids.push({ label: 'default', source: await typedIn('default', ask) })
  return ids
}

/** `TSPLAY_VAULT_PASSWORD_FILE`, else the credential `tsplay-vault` that systemd hands to a service. */
function usualVaultIds(env: NodeJS.ProcessEnv): readonly VaultId[] {
  const file = env['TSPLAY_VAULT_PASSWORD_FILE']
  if (file) return [{ label: 'default', source: { file } }]
  const credentials = env['CREDENTIALS_DIRECTORY']
  const credential = credentials ? join(credentials, 'tsplay-vault') : undefined
  return credential && existsSync(credential) ? [{ label: 'default', source: { file: credential } }] : []
}

/** Passwords that something will be encrypted with: one that is typed is typed twice. */
export async function readNewVaultIds(
  values: OptionValues,
  terminal: Terminal,
  options: VaultOptions,
): Promise<readonly VaultId[]> {
  const asker = terminal.canAsk ? askAtTerminal(terminal) : readLines(terminal)
  try {
    const twice: Ask = async (question) => {
      const first = await asker.ask(`New ${question.charAt(0).toLowerCase()}${question.slice(1)}`)
      if (!terminal.canAsk) return first
      const second = await asker.ask('The same again: ')
      if (first.reveal() !== second.reveal()) throw new UsageError('The two passwords differ.')
      return first
    }
    return await givenVaultIds(values, twice, options)
  } finally {
    asker.done()
  }
}

async function typedIn(label: string, ask: Ask): Promise<{ password: Secret }> {
  return { password: await ask(label === 'default' ? 'Vault password: ' : `Vault password (${label}): `) }
}

function askAtTerminal(terminal: Terminal): { ask: Ask; done(): void } {
  return {
    async ask(question) {
      const answer = await terminal.ask(question, { echo: false })
      if (answer === undefined) throw new UsageError('No password was given.')
      return new Secret(answer)
    },
    done() {},
  }
}

/** `pass show web | tsplay run -k site.yml`: opened only when something is asked. */
function readLines(terminal: Terminal): { ask: Ask; done(): void } {
  let open: ReturnType<typeof createInterface> | undefined
  let lines: AsyncIterator<string> | undefined
  return {
    async ask(question) {
      open ??= createInterface({ input: terminal.stdin })
      lines ??= open[Symbol.asyncIterator]()
      const { done, value } = await lines.next()
      if (done) {
        throw new UsageError(
          `"${question.trim()}" was asked, and there is neither a terminal nor a line on stdin.`,
        )
      }
      return new Secret(value)
    },
    done: () => open?.close(),
  }
}
