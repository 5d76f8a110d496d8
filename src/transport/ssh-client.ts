import type { Duplex } from 'node:stream'
import type { CipherAlgorithm, Client } from 'ssh2'
import { connectGathering } from './gathering-socket.ts'
import { HostKeyCheck } from './host-key-check.ts'
import type { KnownHostsFiles } from './known-hosts-files.ts'
import { quickenCipher } from './quick-cipher.ts'
import { ignoreHostKeyOffers, proveAhead } from './shortcuts.ts'
import { Attempt } from './ssh-attempt.ts'
import type { CredentialSource } from './ssh-credentials.ts'
import type { SshHop } from './ssh-hop.ts'
import { Login } from './ssh-login.ts'

/** What all connections of a run share. */
export interface ClientContext {
  readonly credentials: CredentialSource
  readonly knownHosts: KnownHostsFiles
  readonly keepaliveMs: number
}

/** GCM runs in Node's own OpenSSL and is the fastest there, with or without ssh2's native addon. */
const ciphers: CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
]

/** Connects and logs in, over `sock` when there is one. Rejects with ConnectError. */
export async function connectClient(
  hop: SshHop,
  sock: Duplex | undefined,
  { context, signal }: { context: ClientContext; signal: AbortSignal },
): Promise<Client> {
  const [credentials, hostKey] = await Promise.all([
    context.credentials.for(hop),
    HostKeyCheck.prepare(hop, context.knownHosts),
  ])
  const login = new Login(hop, credentials)
  const road = sock ?? tcp(hop)
  const attempt = new Attempt(hop, login, road, signal)
  // Again with each new key.
  attempt.client.on('handshake', () => quickenCipher(attempt.client))
  attempt.client.once('handshake', () => {
    ignoreHostKeyOffers(attempt.client)
    if (login.first?.key) proveAhead(attempt.client, hop.user, login.first.key)
  })
  attempt.client.connect({
    sock: road,
    username: hop.user,
    readyTimeout: 0,
    keepaliveInterval: context.keepaliveMs,
    keepaliveCountMax: 4,
    algorithms: { cipher: ciphers, compress: ['none'], serverHostKey: hostKey.algorithms },
    authHandler: (serverTakes, partial) => login.next(serverTakes, partial),
    hostVerifier: verifierFor(hostKey, (error) => attempt.fail(error)),
  })
  await attempt.ready
  if (login.current) context.credentials.remember(hop, login.current)
  return attempt.client
}

/** ssh2 takes an answer, or none and then a call: see `HostKeyCheck.verify` for when. */
function verifierFor(hostKey: HostKeyCheck, refuse: (error: unknown) => void) {
  return (key: Buffer, verified: (ok: boolean) => void): boolean | undefined => {
    try {
      const answer = hostKey.verify(key)
      if (answer === true) return true
      answer.then(verified, refuse)
      return undefined
    } catch (error) {
      refuse(error)
      return false
    }
  }
}

function tcp({ hostname, port, addressFamily }: SshHop): Duplex {
  return connectGathering({ host: hostname, port, family: addressFamily })
}
