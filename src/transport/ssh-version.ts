import type { Client } from 'ssh2'

/** Since 7.4 it announces rsa-sha2-512; older ones are not worth a shortcut. False where ssh2 does not look as expected. */
export function isRecentOpenSsh(client: Client): boolean {
  const version: unknown = Reflect.get(client, '_remoteVer')
  const match = typeof version === 'string' ? /^OpenSSH_(\d+)\.(\d+)/.exec(version) : null
  return match !== null && Number(match[1]) * 100 + Number(match[2]) >= 704
}
