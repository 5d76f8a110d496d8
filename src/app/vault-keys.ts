import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { openAge, recipientCount, type Sealing, sealAge, sealingOf } from '#load/age-file.ts'
import { isAge } from '#load/age-format.ts'
import { isAnsibleVault } from '#load/ansible-vault.ts'
import { ansibleVault, type Opened } from '#load/vault.ts'
import { PasswordSourceError, type VaultPassword, VaultPasswords } from '#load/vault-passwords.ts'
import { UsageError } from '#model/usage-error.ts'
import type { VaultId } from './requests.ts'
import type { VaultKeys } from './vault-request.ts'

/** A file in a folder or above that says for whom its secrets are encrypted: one recipient a line, `#` comments. */
const recipientsFile = '.age-recipients'

export const isEncrypted = (text: string): boolean => isAge(text) || isAnsibleVault(text)

/** Decrypts a text in either format. Throws UsageError, naming the file, when it stays closed. */
export async function unseal(text: string, file: string, vaultIds: readonly VaultId[]): Promise<Buffer> {
  const passwords = await checked(vaultIds)
  const opened = isAnsibleVault(text)
    ? await ansibleVault(passwords).open(text)
    : await openedAge(text, passwords)
  if ('bytes' in opened) return opened.bytes
  throw new UsageError(`"${file}" cannot be decrypted. ${opened.problem}`, { remedy: opened.remedy })
}

async function openedAge(text: string, passwords: VaultPasswords): Promise<Opened> {
  if (passwords.count > 0) return await openAge(text, await all(passwords))
  throw new UsageError('No vault password was given.', { remedy: keysRemedy })
}

/**
 * Encrypts for `--recipient`, else for the nearest `.age-recipients` at or above the file, else with the one
 * password. Throws UsageError when there is none of them, or several passwords.
 */
export async function seal(plain: Uint8Array, file: string, keys: VaultKeys): Promise<string> {
  const sealing = await sealingFor(file, keys)
  try {
    return await sealAge(plain, sealing)
  } catch (cause) {
    if ('passphrase' in sealing) throw cause
    throw new UsageError(`One of the recipients is none: ${sealing.recipients.join(', ')}.`, {
      cause,
      remedy: 'A recipient begins with "age1" and is printed by `tsplay vault keygen`.',
    })
  }
}

/**
 * Refuses to write over a file that more can read than would afterwards: an age file does not say for whom it is.
 */
export function checkRecipientsKnown(text: string, file: string, { recipients }: VaultKeys): void {
  const count = isAge(text) ? recipientCount(text) : 1
  if (count === 1 || recipients.length > 0 || recipientsNear(file)) return
  throw new UsageError(
    `"${file}" is encrypted for ${count} recipients, and an age file does not say for whom.`,
    {
      remedy: `List them all in ${recipientsFile} in the folder of the file or above, or with --recipient.`,
    },
  )
}

async function sealingFor(file: string, { recipients, vaultIds }: VaultKeys): Promise<Sealing> {
  const known = recipients.length > 0 ? recipients : recipientsNear(file)
  if (known) return { recipients: known }
  const [password, another] = await all(await checked(vaultIds))
  if (password && !another) return await sealingOf(password)
  if (!password) {
    throw new UsageError('There is nothing to encrypt with.', {
      remedy: `${keysRemedy} Or list recipients in ${recipientsFile}, or with --recipient.`,
    })
  }
  throw new UsageError('Several passwords were given; one of them has to encrypt.', {
    remedy: 'Give the one password to encrypt with, or recipients with --recipient.',
  })
}

const keysRemedy =
  'Give a password or identity file with --vault-password-file or --vault-id, or type it with -J.'

async function checked(vaultIds: readonly VaultId[]): Promise<VaultPasswords> {
  const passwords = new VaultPasswords(vaultIds, process.cwd())
  await passwords.check()
  return passwords
}

async function all(passwords: VaultPasswords): Promise<readonly VaultPassword[]> {
  try {
    const found: VaultPassword[] = []
    for await (const password of passwords.inOrder(undefined)) found.push(password)
    return found
  } catch (error) {
    if (!(error instanceof PasswordSourceError)) throw error
    throw new UsageError(error.message, { cause: error })
  }
}

function recipientsNear(file: string): readonly string[] | undefined {
  let folder = dirname(resolve(file))
  while (!existsSync(join(folder, recipientsFile))) {
    const above = dirname(folder)
    if (above === folder) return undefined
    folder = above
  }
  const lines = readFileSync(join(folder, recipientsFile), 'utf8').split(/\r?\n/)
  const recipients = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  if (recipients.length > 0) return recipients
  throw new UsageError(`${join(folder, recipientsFile)} names no recipient.`)
}
