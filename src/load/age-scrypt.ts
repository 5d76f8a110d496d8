import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { type Identity, type Recipient, Stanza } from 'age-encryption'

const derive = promisify(
  (password: Buffer, salt: Buffer, workFactor: number, done: (error: Error | null, key: Buffer) => void) =>
    scrypt(password, salt, 32, { N: 2 ** workFactor, r: 8, p: 1, maxmem: 2 ** (workFactor + 11) }, done),
)

/** What age's own programs use and take at most: about a second, and four. */
const usualWorkFactor = 18
const highestWorkFactor = 20

const label = Buffer.from('age-encryption.org/v1/scrypt')
const nonce = Buffer.alloc(12)

/**
 * age's passphrases by Node's scrypt, which is several times as fast as the library's own and leaves the event loop
 * free (https://c2sp.org/age, "The scrypt recipient type").
 */
export function scryptRecipient(passphrase: Buffer): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(16)
      const key = await derive(passphrase, Buffer.concat([label, salt]), usualWorkFactor)
      const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 })
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
      return [new Stanza(['scrypt', unpadded(salt), String(usualWorkFactor)], new Uint8Array(body))]
    },
  }
}

/** Throws when the header is not as the format wants it; a wrong passphrase gives null. */
export function scryptIdentity(passphrase: Buffer): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const stanza = stanzas.find(({ args }) => args[0] === 'scrypt')
      if (!stanza) return null
      // Else whoever knows any passphrase could pass for the owner of another.
      if (stanzas.length !== 1) throw new Error('A passphrase stands beside other recipients.')
      const [, salt = '', workFactor = ''] = stanza.args
      if (!/^[1-9]\d?$/.test(workFactor)) throw new Error('The work factor is no number.')
      if (Number(workFactor) > highestWorkFactor) throw new Error('The work factor is too high.')
      const key = await derive(
        passphrase,
        Buffer.concat([label, Buffer.from(salt, 'base64')]),
        Number(workFactor),
      )
      return opened(Buffer.from(stanza.body), key)
    },
  }
}

function opened(body: Buffer, key: Buffer): Uint8Array | null {
  if (body.length !== 32) throw new Error('The key has a wrong length.')
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 })
  decipher.setAuthTag(body.subarray(16))
  const fileKey = decipher.update(body.subarray(0, 16))
  try {
    decipher.final()
  } catch {
    return null
  }
  return new Uint8Array(fileKey)
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
