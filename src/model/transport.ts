import type { Secret } from './secret.ts'

/** Acting as another user on the host. */
export interface Become {
  readonly user: string
  readonly method: 'sudo' | 'su' | 'doas'
  readonly password?: Secret
  readonly executable?: string
  readonly flags?: string
}

/** Everything needed to reach one host. Built by `execute` from variables and options; read by `transport`. */
export interface HostAddress {
  /** The inventory name, for messages. */
  readonly host: string
  readonly connection: 'ssh' | 'local' | 'memory'
  /** As given; the ssh transport still applies ssh_config to it. */
  readonly address: string
  readonly port?: number
  readonly user?: string
  readonly password?: Secret
  readonly privateKeyFile?: string
  readonly privateKeyPassphrase?: Secret
  /** `user@host:port,user2@host2`, as `ssh -J`; `none` switches a configured jump off. */
  readonly jump?: string
  readonly knownHostsFile?: string
  readonly hostKeyChecking?: 'strict' | 'accept-new' | 'off'
  readonly sshConfigFile?: string
  /** The POSIX shell that runs frames, where it is not `/bin/sh`; `busybox sh` is possible. */
  readonly shellExecutable?: string
  readonly connectTimeoutMs: number
  /** How often a connection that failed before anything was sent is tried again. */
  readonly retries: number
}

/** One script for one shell. It is run as `( eval … ) </dev/null` by the shell of `as`. */
export interface Frame {
  readonly script: string
  readonly as?: Become
  /** Values for the environment of this frame alone. They travel inside the stream, never in argv. */
  readonly env?: Readonly<Record<string, string>>
  /** After this time the frame's processes are ended and it fails with reason `timeout`. */
  readonly timeoutMs?: number
  /** Decode output as latin1 (one character a byte) instead of UTF-8. */
  readonly binary?: boolean
  /** Called with output as it arrives (stdout and stderr, UTF-8), for long commands. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void
  readonly chain?: ChainLink
  /** The script's output, without NUL bytes, is kept by the shell under this name, for guards of later frames. */
  readonly keepAs?: string
}

/**
 * Frames of one chain stand or fall together, and the host itself sees to that: after the first, each is run only
 * when the one before it was run and ended with 0.
 */
export interface ChainLink {
  /** Letters and digits; no two chains of a connection may have the same. */
  readonly id: string
  /** 0 for the first. A frame that never came to the host is missed by the next one, which is then not run. */
  readonly position: number
  /** A script that is run just before the frame: unless it ends with 0, neither the frame nor the rest is run. */
  readonly guard?: string
}

export interface FrameResult {
  readonly rc: number
  readonly stdout: string
  readonly stderr: string
  /** True when output beyond the capture limit was dropped. */
  readonly truncated: boolean
  /** True when its chain had ended before it: nothing of it was run. */
  readonly notRun?: boolean
}

/** Bytes for a host, delivered through a channel of their own (`cat > path`). */
export interface Upload {
  readonly path: string
  readonly content: Uint8Array | AsyncIterable<Uint8Array>
  readonly size?: number
  readonly as?: Become
  readonly onProgress?: (bytes: number) => void
}

export interface Download {
  readonly path: string
  readonly as?: Become
  readonly onProgress?: (bytes: number) => void
}

export interface TrafficCount {
  /** Times bytes were sent and an answer awaited, summed over this connection's shells and channels. */
  readonly flights: number
  readonly frames: number
  readonly bytesSent: number
  readonly bytesReceived: number
}

/**
 * A live road to one host. It opens what it needs on first use (a shell per user, channels for files) and
 * respects the server's session limit by waiting, never by failing.
 */
export interface Connection {
  readonly count: TrafficCount
  /** Milliseconds of the host's quickest answer so far: a round trip takes no longer. Undefined before the first. */
  readonly quickestAnswer: number | undefined
  /**
   * Sends frames as one flight per user, in order; each promise settles with its frame's result.
   * Rejects with HostError: `connection-lost` when a frame may have run, `unreachable` when it surely did not.
   */
  send(frames: readonly Frame[]): Promise<FrameResult>[]
  /** Writes a file from its beginning, with umask 077; the caller renames it into place. */
  upload(upload: Upload): Promise<void>
  download(download: Download): AsyncIterable<Uint8Array>
  /**
   * Runs a program with a byte stream as its stdin and gives its stdout, for tar streams and the like.
   * The caller must read the output to its end; `exit` settles afterwards.
   */
  stream(command: {
    script: string
    as?: Become
    stdin?: AsyncIterable<Uint8Array>
    /** It goes while another does, and costs no round trip of its own. */
    alongside?: boolean
  }): {
    stdout: AsyncIterable<Uint8Array>
    exit: Promise<{ rc: number; stderr: string }>
  }
  /** Ends the shells (so that new groups and environments take effect); the next use opens new ones. */
  reset(): Promise<void>
  /** Idempotent; never rejects. */
  close(): Promise<void>
}

/** Opens connections. The only thing `execute` knows of the world outside. */
export type Connect = (address: HostAddress, signal: AbortSignal) => Promise<Connection>
