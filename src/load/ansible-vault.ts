import { createDecipheriv, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)

/** The encrypted text of a vault file or `!vault` block, taken apart. */
export interface VaultEnvelope {
  /** The label of format 1.2; undefined in 1.1. */
  readonly label: string | undefined
  readonly salt: Buffer
  readonly hmac: Buffer
  readonly ciphertext: Buffer
}

/** Whether a text is in Ansible's vault format, of whatever version. */
export function isAnsibleVault(text: string): boolean {
  return text.startsWith('$ANSIBLE_VAULT;')
}

/**
 * Takes vault text apart; throws RangeError with a sentence when it is damaged or of an unknown version.
 *
 * Format (docs.ansible.com, "Ansible Vault payload format 1.1 - 1.2"): a header line, then hex in lines of 80
 * whose bytes are again `hex(salt)\nhex(hmac)\nhex(ciphertext)`.
 */
export function parseVault(text: string): VaultEnvelope {
  const [header = '', ...lines] = text.trim().split(/\r?\n/)
  const [, version = '', cipher, label] = header.trim().split(';')
  if (version !== '1.1' && version !== '1.2') {
    throw new RangeError(`It has format version "${version}"; tsplay reads 1.1 and 1.2.`)
  }
  if (cipher?.trim() !== 'AES256')
    throw new RangeError(`It uses the cipher "${cipher}"; tsplay reads AES256.`)
  const parts = unhex(lines.map((line) => line.trim()).join(''))
    .toString('latin1')
    .split('\n', 3)
  const [salt, hmac, ciphertext] = parts.map(unhex)
  if (!salt || !hmac || !ciphertext) throw new RangeError('It is cut off.')
  return { label: label?.trim(), salt, hmac, ciphertext }
}

function unhex(text: string): Buffer {
  const bytes = Buffer.from(text, 'hex')
  if (bytes.length * 2 !== text.length)
    throw new RangeError('It is damaged: it holds more than hexadecimal digits.')
  return bytes
}

/** The plain bytes; undefined when the password is wrong. */
export async function openVault(envelope: VaultEnvelope, password: Buffer): Promise<Buffer | undefined> {
  const keys = await derive(password, envelope.salt, 10_000, 80, 'sha256')
  const mac = createHmac('sha256', keys.subarray(32, 64)).update(envelope.ciphertext).digest()
  if (mac.length !== envelope.hmac.length || !timingSafeEqual(mac, envelope.hmac)) return undefined
  const decipher = createDecipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64, 80))
  const padded = Buffer.concat([decipher.update(envelope.ciphertext), decipher.final()])
  return padded.subarray(0, padded.length - (padded.at(-1) ?? 0))
}
