import type { Client, ParsedKey } from 'ssh2'
import { isRecentOpenSsh } from './ssh-version.ts'

/**
 * Ways to save round trips that ssh2 does not offer, through what lies inside of it. They are used with OpenSSH
 * servers only, which are known to understand them; where ssh2 does not look as expected (a later version),
 * each does nothing, and everything works as ssh2 does it.
 */
interface Inside {
  authPK(user: string, key: ParsedKey, algorithm?: string, sign?: Signer): void
  session(channel: number, window: number, packet: number): void
  exec(channel: number, command: string, wantReply?: boolean): void
  readonly _handlers: { GLOBAL_REQUEST?: GlobalRequestHandler }
}

type Signer = (data: Buffer, done: (signature: Buffer) => void) => void
type GlobalRequestHandler = (protocol: unknown, name: string, wantReply: boolean, data: unknown) => void

function insideOf(client: Client): Inside | undefined {
  const inside: unknown = Reflect.get(client, '_protocol')
  return looksRight(inside) ? inside : undefined
}

function looksRight(inside: unknown): inside is Inside {
  if (typeof inside !== 'object' || inside === null) return false
  const methods = ['authPK', 'session', 'exec'].every(
    (name) => typeof Reflect.get(inside, name) === 'function',
  )
  return methods && typeof Reflect.get(inside, '_handlers') === 'object'
}

/**
 * Sends the first proof of who we are together with the request for the login service, instead of waiting for the
 * service and then asking whether the key would do: two round trips less. To be called in the `handshake` event.
 *
 * ssh2 goes through its own steps afterwards, with its question left out, so a refusal leads to the next key.
 */
export function proveAhead(client: Client, user: string, key: ParsedKey): void {
  const inside = insideOf(client)
  if (!inside || !isRecentOpenSsh(client)) return
  const [algorithm, hash] = key.type === 'ssh-rsa' ? ['rsa-sha2-512', 'sha512'] : [key.type, undefined]
  // ssh2 sends its request for the service when the event is over.
  process.nextTick(() => {
    inside.authPK(user, key, algorithm, (data, done) => done(key.sign(data, hash)))
    leaveOutOnce(inside, 'authPK')
  })
}

/**
 * Opens the first channel of a connection and asks for a program in one go: a round trip less. OpenSSH numbers its
 * channels from 0, so the number need not be waited for. Gives false when that cannot be known.
 */
export function execAhead(client: Client, command: string): boolean {
  const inside = insideOf(client)
  if (!inside || !isRecentOpenSsh(client)) return false
  const { session } = inside
  inside.session = (...channel) => {
    Reflect.deleteProperty(inside, 'session')
    session.apply(inside, channel)
    inside.exec(0, command, true)
    leaveOutOnce(inside, 'exec')
  }
  return true
}

/** A server offers proof of all its host keys after the login; that costs both sides signatures nobody needs. */
export function ignoreHostKeyOffers(client: Client): void {
  const handlers = insideOf(client)?._handlers
  const handle = handlers?.GLOBAL_REQUEST
  if (!handlers || !handle) return
  handlers.GLOBAL_REQUEST = (protocol, name, wantReply, data) => {
    if (name !== 'hostkeys-00@openssh.com') handle(protocol, name, wantReply, data)
  }
}

function leaveOutOnce(inside: Inside, method: 'authPK' | 'exec'): void {
  inside[method] = () => void Reflect.deleteProperty(inside, method)
}
