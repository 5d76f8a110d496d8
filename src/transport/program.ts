import type { Readable, Writable } from 'node:stream'
import type { Counter } from './counter.ts'
import type { Launch } from './launch.ts'
import { ShellNotReady } from './shell-not-ready.ts'
import { programLoader, programText } from './shell-text.ts'
import { usefulBytes } from './ssh-under-way.ts'
import { StripNoise } from './strip-noise.ts'
import type { Ending, Road, Wire } from './wire.ts'

export interface ProgramEnd {
  readonly ending: Ending
  /** The last part of it, when it is long. */
  readonly stderr: string
}

/** One script on a channel of its own, with the caller's bytes as its stdin. */
export interface Program {
  readonly stdin: Writable
  /** Must be read to its end. */
  readonly stdout: Readable
  /** Settles when the script has begun; rejects with ShellNotReady when it did not begin. */
  readonly ready: Promise<void>
  /** Its process on the host, once it has begun. */
  pid(): number | undefined
  /** Never rejects. */
  readonly ended: Promise<ProgramEnd>
  /** Counts bytes that were given to stdin. */
  sent(bytes: number): void
  drop(): void
}

interface ProgramOptions {
  readonly script: string
  readonly count: Counter
  /** It is no round trip of its own. */
  readonly alongside?: boolean
}

const stderrKept = 65_536

/** Starts a script. When the launch waits for a password, nothing may be written to stdin before `ready`. */
export async function startProgram(road: Road, launch: Launch, options: ProgramOptions): Promise<Program> {
  const { count } = options
  const { nonce } = launch
  const script = programText(options.script, nonce)
  const first = launch.first + programLoader(nonce) + (launch.waits ? '' : script)
  const wire = await road.open(launch.command, { first, underWay: usefulBytes(count.quickestAnswer) })
  if (!options.alongside) count.flights += 1
  count.bytesSent += Buffer.byteLength(first)
  const whenReady = Promise.withResolvers<void>()
  let begun: number | undefined
  whenReady.promise.catch(() => undefined)
  const stdout = new StripNoise(nonce, (pid) => {
    if (launch.waits) wire.stdin.write(script)
    begun = pid
    whenReady.resolve()
  })
  const stderr = new StripNoise(
    nonce,
    () => undefined,
    (noise) => refuseSecondPrompt(noise, launch, wire),
  )
  const text = tail(stderr)
  connect(wire, { stdout, stderr }, count)
  const ended = wire.ended.then((ending) => {
    finish(stdout, ending)
    finish(stderr, ending)
    whenReady.reject(new ShellNotReady(ending, { stdout: stdout.noise, stderr: stderr.noise }))
    return { ending, stderr: text() }
  })
  const sent = (bytes: number) => {
    count.bytesSent += bytes
  }
  const pid = () => begun
  return { stdin: wire.stdin, stdout, ready: whenReady.promise, pid, ended, sent, drop: () => wire.drop() }
}

function connect(wire: Wire, to: { stdout: StripNoise; stderr: StripNoise }, count: Counter): void {
  for (const name of ['stdout', 'stderr'] as const) {
    wire[name].on('data', (chunk: Buffer) => {
      count.bytesReceived += chunk.length
    })
    wire[name].pipe(to[name])
  }
  wire.stdin.on('error', () => undefined)
}

/** The password sent ahead was wrong; what was sent behind it must not be tried as another. */
function refuseSecondPrompt(noise: string, launch: Launch, wire: Wire): void {
  if (launch.prompt && noise.split(launch.prompt).length > 2) wire.drop()
}

function tail(stream: Readable): () => string {
  let text = ''
  const decoder = new TextDecoder()
  stream.on('data', (chunk: Buffer) => {
    text = (text + decoder.decode(chunk, { stream: true })).slice(-stderrKept)
  })
  return () => text
}

/** A broken road is an error for the reader of a stream; an end is only an end. */
function finish(stream: StripNoise, ending: Ending): void {
  stream.on('error', () => undefined)
  if (ending.lost) stream.destroy(ending.lost)
  else if (!stream.writableEnded) stream.end()
}
