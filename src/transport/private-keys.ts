import { readFileSync } from 'node:fs'
import ssh2, { type ParsedKey } from 'ssh2'
import type { Secret } from '#model/secret.ts'
import { oncePer } from './once-per.ts'

export type LoadedKey =
  | { readonly kind: 'key'; readonly key: ParsedKey }
  | { readonly kind: 'missing' }
  /** Readable only with a passphrase that was not given, or is not the right one. */
  | { readonly kind: 'locked'; readonly reason: string }
  /** A kind of key ssh2 does not know, or no key at all. */
  | { readonly kind: 'unusable'; readonly reason: string }

/** Reads private keys; each file is read and parsed once for all hosts of a run. */
export class PrivateKeys {
  readonly #loaded = new Map<string, Promise<LoadedKey>>()

  load(path: string, passphrase?: Secret): Promise<LoadedKey> {
    return oncePer(this.#loaded, `${path}\0${passphrase?.reveal() ?? ''}`, () => load(path, passphrase))
  }
}

async function load(path: string, passphrase: Secret | undefined): Promise<LoadedKey> {
  let text: Buffer
  try {
    text = readFileSync(path)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (missing) return { kind: 'missing' }
    return { kind: 'unusable', reason: error instanceof Error ? error.message : String(error) }
  }
  return parse(text, passphrase)
}

function parse(text: Buffer, passphrase: Secret | undefined): LoadedKey {
  const parsed = ssh2.utils.parseKey(text, passphrase?.reveal())
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key instanceof Error) return explain(key.message, text, passphrase !== undefined)
  if (!key?.isPrivateKey()) return { kind: 'unusable', reason: 'it holds no private key' }
  return { kind: 'key', key }
}

function explain(message: string, text: Buffer, hasPassphrase: boolean): LoadedKey {
  if (/no passphrase given|passphrase (?:is )?required/i.test(message)) {
    return { kind: 'locked', reason: 'it needs a passphrase, and none was given' }
  }
  if (hasPassphrase && /bad passphrase|bad decrypt|integrity check|malformed/i.test(message)) {
    return { kind: 'locked', reason: 'the passphrase given is not the right one' }
  }
  if (isSecurityKey(text))
    return { kind: 'unusable', reason: 'keys on security tokens (FIDO) are not supported' }
  return { kind: 'unusable', reason: message }
}

/** The type stands in clear in OpenSSH's own format, before anything encrypted. */
function isSecurityKey(text: Buffer): boolean {
  const body = text.toString('latin1').replaceAll(/-----[^-]*-----|\s/g, '')
  return Buffer.from(body, 'base64').includes('sk-')
}
