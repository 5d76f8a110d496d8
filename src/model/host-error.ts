/** Why a host, or the road to it, let us down. */
export type HostErrorReason =
  | 'unreachable' // no answer, refused, no route, name not found; nothing was sent
  | 'authentication' // the server takes none of our keys or passwords
  | 'host-key' // the host's key is unknown, changed or revoked
  | 'become' // the other user could not be become
  | 'timeout' // a frame or task took longer than allowed
  | 'connection-lost' // the connection broke; a frame may have run
  | 'command-failed' // a command ended with an exit code that its module does not accept
  | 'disk-full' // the host had no space left
  | 'interrupted' // the run ended while the host was at work
  | 'refused' // the module cannot do what is asked on this host

/** Reasons that count a host as unreachable rather than failed. */
export const unreachableReasons: ReadonlySet<HostErrorReason> = new Set([
  'unreachable',
  'authentication',
  'host-key',
  'connection-lost',
])

export interface HostErrorDetails {
  readonly command?: string
  readonly rc?: number
  readonly stdout?: string
  readonly stderr?: string
  readonly remedy?: string
  readonly cause?: unknown
}

/** Thrown; ends the task on that host (or the host, when unreachable), never the run. */
export class HostError extends Error {
  override readonly name = 'HostError'
  readonly reason: HostErrorReason
  readonly details: HostErrorDetails

  constructor(reason: HostErrorReason, message: string, details: HostErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.reason = reason
    this.details = details
  }
}

/** What becomes of a host's work when the run is interrupted: it is not the host that let us down. */
export const interruption = (): HostError => new HostError('interrupted', 'The run was interrupted.')
