import { armor, Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { ageBegin } from './age-format.ts'
import { scryptIdentity, scryptRecipient } from './age-scrypt.ts'
import { type Opened, passwordRemedy } from './vault.ts'
import type { VaultPassword } from './vault-passwords.ts'

/** Opens an age file with the first of the passwords that fits. Never rejects for damage or a wrong password. */
export async function openAge(text: string, passwords: readonly VaultPassword[]): Promise<Opened> {
  const decrypter = new Decrypter()
  try {
    for (const { bytes } of passwords) {
      const identities = identitiesIn(bytes)
      if (identities.length === 0) decrypter.addIdentity(scryptIdentity(bytes))
      for (const identity of identities) decrypter.addIdentity(identity)
    }
  } catch {
    const sources = passwords.map(({ source }) => source).join(', ')
    return { problem: `An identity is damaged (in ${sources}).`, remedy: passwordRemedy }
  }
  try {
    const file = text.startsWith(ageBegin) ? armor.decode(text) : new Uint8Array(Buffer.from(text, 'latin1'))
    return { bytes: Buffer.from(await decrypter.decrypt(file)) }
  } catch (error) {
    // The library throws plain errors only; this is its one for a wrong key.
    const reason = error instanceof Error ? error.message : String(error)
    if (!reason.includes('no identity matched')) {
      return {
        problem: `It is damaged (${reason}).`,
        remedy: 'Restore it, or encrypt it again from its source.',
      }
    }
    const tried = passwords.map(({ label, source }) => `${label}@${source}`).join(', ')
    return { problem: `None of the passwords and identities fits (tried ${tried}).`, remedy: passwordRemedy }
  }
}

/** For whom a text is encrypted: for recipients (`age1…`), or for who knows a passphrase, never both. */
export type Sealing = { readonly recipients: readonly string[] } | { readonly passphrase: Buffer }

/** Encrypts; the result is armored and ends in a newline. Throws for a recipient that is none. */
export async function sealAge(bytes: Uint8Array, sealing: Sealing): Promise<string> {
  const encrypter = new Encrypter()
  if ('passphrase' in sealing) encrypter.addRecipient(scryptRecipient(sealing.passphrase))
  else for (const recipient of sealing.recipients) encrypter.addRecipient(recipient)
  return armor.encode(await encrypter.encrypt(new Uint8Array(bytes)))
}

/** How a password encrypts: an identity file for its own recipients. */
export async function sealingOf({ bytes }: VaultPassword): Promise<Sealing> {
  const identities = identitiesIn(bytes)
  if (identities.length === 0) return { passphrase: bytes }
  return { recipients: await Promise.all(identities.map((identity) => identityToRecipient(identity))) }
}

/** How many recipients an age file has; a passphrase counts as one. */
export function recipientCount(text: string): number {
  const file = text.startsWith(ageBegin) ? Buffer.from(armor.decode(text)).toString('latin1') : text
  const header = file.slice(0, file.indexOf('\n---'))
  // A made-up stanza that keeps others from relying on the format ends in -grease.
  return header.split('\n').filter((line) => line.startsWith('-> ') && !/^-> \S*-grease\b/.test(line)).length
}

/** The text of a new identity file, as age-keygen writes it. */
export async function newIdentityFile(
  now: Date,
): Promise<{ readonly text: string; readonly recipient: string }> {
  const identity = await generateIdentity()
  const recipient = await identityToRecipient(identity)
  return { text: `# created: ${now.toISOString()}\n# public key: ${recipient}\n${identity}\n`, recipient }
}

/** The identities of a file as age-keygen writes it: one a line, `#` begins a comment. */
function identitiesIn(bytes: Buffer): readonly string[] {
  const lines = bytes.toString('latin1').split(/\r?\n/)
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('AGE-SECRET-KEY-'))
}
