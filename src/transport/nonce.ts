import { randomBytes } from 'node:crypto'

/** A random word that nobody on the host can guess, made of letters, digits, `-` and `_`. */
export function newNonce(): string {
  return randomBytes(18).toString('base64url')
}
