import { createHash } from 'node:crypto'

/** The type that stands in a key's wire format (RFC 4253, 6.6). */
export function hostKeyType(key: Buffer): string {
  if (key.length < 4) return ''
  const length = key.readUInt32BE(0)
  return key.toString('latin1', 4, 4 + length)
}

/** As OpenSSH shows it: `SHA256:` and base64 without padding. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}
