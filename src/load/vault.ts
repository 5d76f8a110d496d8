import { isAnsibleVault, openVault, parseVault, type VaultEnvelope } from './ansible-vault.ts'
import { PasswordSourceError, type VaultPassword, type VaultPasswords } from './vault-passwords.ts'

/** What opening an encrypted text gave: the bytes, or why not and what to do. */
export type Opened = { readonly bytes: Buffer } | { readonly problem: string; readonly remedy: string }

/** One format of encryption. Each file and each `!vault` block is offered to the first that recognizes it. */
export interface Decrypter {
  recognizes(text: string): boolean
  /** Never rejects for a wrong password or damaged text. */
  open(text: string): Promise<Opened>
}

/** Reads Ansible's vault format 1.1 and 1.2 with the passwords of one run. */
export function ansibleVault(passwords: VaultPasswords): Decrypter {
  return {
    recognizes: isAnsibleVault,
    async open(text) {
      if (passwords.count === 0) return withoutPassword
      try {
        return await tryPasswords(parseVault(text), passwords)
      } catch (error) {
        if (error instanceof RangeError)
          return { problem: error.message, remedy: 'Encrypt it again from its source.' }
        if (error instanceof PasswordSourceError) return { problem: error.message, remedy: passwordRemedy }
        throw error
      }
    },
  }
}

export const passwordRemedy = 'Give the right password with --vault-password-file or --vault-id.'
export const withoutPassword = { problem: 'No vault password was given.', remedy: passwordRemedy }

async function tryPasswords(envelope: VaultEnvelope, passwords: VaultPasswords): Promise<Opened> {
  const tried: VaultPassword[] = []
  for await (const password of passwords.inOrder(envelope.label)) {
    const bytes = await openVault(envelope, password.bytes)
    if (bytes) return { bytes }
    tried.push(password)
  }
  const wanted = envelope.label === undefined ? '' : ` It was encrypted as "${envelope.label}".`
  const sources = tried.map(({ label, source }) => `${label}@${source}`).join(', ')
  return { problem: `The password is wrong (tried ${sources}).${wanted}`, remedy: passwordRemedy }
}
