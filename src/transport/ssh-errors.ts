import { HostError } from '#model/host-error.ts'
import { hopName, type SshHop } from './ssh-hop.ts'

/** How far a connection had come when it failed. */
export type Stage = 'network' | 'handshake' | 'login'

/** A failure to connect, and whether another try may help. */
export interface ConnectFailure {
  readonly error: HostError
  /** `soon`: the server asked to come back (MaxStartups); `maybe`: it may only be starting. */
  readonly again: 'soon' | 'maybe' | 'never'
}

const network: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused: nothing listens on that port',
  ETIMEDOUT: 'there was no answer',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'its network cannot be reached',
  EHOSTDOWN: 'it is down',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  EACCES: 'this machine does not allow the connection',
  EADDRNOTAVAIL: 'this machine has no address to connect from',
}

const mayPass = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'EAI_AGAIN',
])

/** Says in plain words why a server could not be connected to. */
export function connectFailure(cause: unknown, hop: SshHop, stage: Stage): ConnectFailure {
  if (cause instanceof HostError) return { error: cause, again: 'never' }
  const { code, message } = describe(cause)
  if (/too many authentication failures/i.test(message)) return tooMany(hop, cause)
  const { why, again, remedy } = reasonFor(code, message, stage)
  const details = { cause, ...(remedy && { remedy }) }
  return { error: new HostError('unreachable', `${hopName(hop)} cannot be reached: ${why}.`, details), again }
}

interface Reason {
  readonly why: string
  readonly again: ConnectFailure['again']
  readonly remedy?: string
}

function reasonFor(code: string, message: string, stage: Stage): Reason {
  const known = network[code]
  if (known && stage === 'network') return { why: known, again: mayPass.has(code) ? 'maybe' : 'never' }
  if (known && stage === 'handshake') return busy
  if (/Connection lost before handshake/.test(message)) return busy
  if (/no matching/i.test(message)) return { why: noMatch(message), again: 'never', remedy: matchRemedy }
  if (/Timed out/i.test(message)) return { why: timeoutAt[stage], again: 'maybe' }
  return { why: known ?? message, again: known ? 'maybe' : 'never' }
}

const busy: Reason = {
  why: 'the server closed the connection before it said who it is',
  again: 'soon',
  remedy: 'It may take only so many logins at a time (MaxStartups), or this may not be an SSH server.',
}

const matchRemedy =
  'Enable curve25519-sha256 or ecdh-sha2-nistp256, aes128-gcm@openssh.com or aes128-ctr, and an Ed25519, ECDSA or RSA (SHA-2) host key on the server.'

const timeoutAt: Readonly<Record<Stage, string>> = {
  network: 'there was no answer',
  handshake: 'the server took too long to begin a session',
  login: 'the server took too long to log us in',
}

function noMatch(message: string): string {
  const what = /no matching (.*)$/i.exec(message)?.[1] ?? 'algorithm'
  return `it shares no ${what} with tsplay (post-quantum-only and SHA-1-only servers are not supported)`
}

function tooMany(hop: SshHop, cause: unknown): ConnectFailure {
  const error = new HostError('authentication', `${hopName(hop)} was offered too many keys and hung up.`, {
    remedy: 'Set ssh_private_key_file for this host, or IdentitiesOnly in ssh_config.',
    cause,
  })
  return { error, again: 'never' }
}

function describe(cause: unknown): { code: string; message: string } {
  if (!(cause instanceof Error)) return { code: '', message: String(cause) }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  return { code, message: cause.message }
}

/** Why a connection that had been made is gone. */
export function lossReason(cause: unknown): Error {
  const { code, message } = describe(cause)
  if (/Keepalive timeout/i.test(message)) return new Error('the host stopped answering.', { cause })
  const known = network[code]
  return new Error(known ? `${known}.` : message, { cause })
}
