import type { Readable, Writable } from 'node:stream'

/** How a program at the other end of a wire ended. */
export interface Ending {
  /** Undefined when a signal ended it, or when nobody knows. */
  readonly rc: number | undefined
  readonly signal?: string
  /** Set when the road broke, so that the program's own end was not seen. */
  readonly lost?: Error
}

/** A running program with its three byte streams. Both outputs must be read, or the program stands still. */
export interface Wire {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles once, after the last byte of output was delivered. Never rejects. */
  readonly ended: Promise<Ending>
  /** Settles when the program itself is gone, although something it started may still hold its streams. */
  readonly exited: Promise<void>
  /** Gives the wire up at once; what runs at the other end sees its streams closed. */
  drop(): void
}

export interface OpenOptions {
  /** With a terminal; stdout and stderr then arrive mixed on stdout. */
  readonly pty?: boolean
  /** Sent together with the request to start the program, where the road can. */
  readonly first?: string
  /** So many bytes may be under way to the program before it has read them. */
  readonly underWay?: number
}

/**
 * A way to start programs on one host as the login user. How a command line is understood is up to that
 * user's login shell, so only text that `loginShellWord` lets pass may stand in it.
 */
export interface Road {
  /** For messages: `web1 (root@10.0.0.5 port 22)`. */
  readonly name: string
  /** Waits for a free place when the host limits how many programs may run. Rejects with HostError. */
  open(command: string, options?: OpenOptions): Promise<Wire>
  /** The first reason for which the road ended; undefined while it is alive. */
  readonly broken: Error | undefined
  /** Called when a program has to wait for a place: shells that do nothing should end. */
  onPressure?: (() => void) | undefined
  /** True while a program waits for a place. */
  readonly crowded?: boolean
  /** Idempotent; never rejects. */
  close(): Promise<void>
}

/** How one host is reached, again and again. */
export interface Way {
  /** Rejects with HostError. */
  readonly openRoad: () => Promise<Road>
  /** Who it logs in as. */
  readonly loginUser: string
}
