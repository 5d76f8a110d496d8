import { isAge } from './age-format.ts'
import { type Decrypter, passwordRemedy, withoutPassword } from './vault.ts'
import { PasswordSourceError, type VaultPassword, type VaultPasswords } from './vault-passwords.ts'

/** Reads age files with the passwords of one run: each is a passphrase, or the identities of an identity file. */
export function ageVault(passwords: VaultPasswords): Decrypter {
  return {
    recognizes: isAge,
    async open(text) {
      if (passwords.count === 0) return withoutPassword
      try {
        const all: VaultPassword[] = []
        for await (const password of passwords.inOrder(undefined)) all.push(password)
        // Its cryptography takes longer to load than many runs take.
        const { openAge } = await import('./age-file.ts')
        return await openAge(text, all)
      } catch (error) {
        if (error instanceof PasswordSourceError) return { problem: error.message, remedy: passwordRemedy }
        throw error
      }
    },
  }
}
