import { constants } from 'node:os'
import { HostError } from '#model/host-error.ts'
import type { Connection, Download, Upload } from '#model/transport.ts'
import type { Program, ProgramEnd } from './program.ts'
import { quoted } from './shell-text.ts'

export type StreamCommand = Parameters<Connection['stream']>[0]
/** Starts a script on a channel of its own, as whoever asked. Rejects with HostError. */
export type Start = (script: string) => Promise<Program>

/** Large enough to fill the window of a channel, small enough that progress is seen. */
const pieceSize = 256 << 10

/** Writes a file from its beginning with umask 077. */
export async function upload(request: Upload, start: Start): Promise<void> {
  const program = await start(`umask 077; exec cat > ${quoted(request.path)}`)
  program.stdout.resume()
  await feed(program, pieces(request.content), request.onProgress)
  const end = await program.ended
  if (rcOf(end) !== 0) throw channelError(end, `cat > ${request.path}`)
}

/** Gives a file's bytes. Ends the channel when the caller stops before the end. */
export async function* download(request: Download, start: Start): AsyncGenerator<Uint8Array> {
  const program = await start(`exec cat < ${quoted(request.path)}`)
  program.stdin.end()
  let bytes = 0
  for await (const chunk of output(program)) {
    bytes += chunk.length
    request.onProgress?.(bytes)
    yield chunk
  }
  const end = await program.ended
  if (rcOf(end) !== 0) throw channelError(end, `cat ${request.path}`)
}

/** Runs a script between two byte streams. */
export function stream(command: StreamCommand, start: Start): ReturnType<Connection['stream']> {
  const starting = start(command.script)
  const feeding = starting.then((program) => feed(program, command.stdin ?? []))
  const exit = Promise.all([starting.then(({ ended }) => ended), feeding]).then(([end]) => {
    if (end.ending.lost) throw channelError(end, command.script)
    return { rc: rcOf(end), stderr: end.stderr }
  })
  // The caller may look at the output first.
  exit.catch(() => undefined)
  async function* stdout() {
    yield* output(await starting)
  }
  return { stdout: stdout(), exit }
}

async function* output(program: Program): AsyncGenerator<Buffer> {
  let whole = false
  try {
    for await (const chunk of program.stdout) yield chunk
    whole = true
  } catch (error) {
    throw lostError(error)
  } finally {
    if (!whole) program.drop()
  }
}

/** Writes as fast as the program reads, and stops when it reads no more. */
async function feed(
  program: Program,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onProgress?: (bytes: number) => void,
): Promise<void> {
  let over = false
  const ended = program.ended.then(() => {
    over = true
  })
  let bytes = 0
  try {
    for await (const piece of content) {
      if (over || !program.stdin.writable) break
      program.sent(piece.length)
      await Promise.race([written(program, piece), ended])
      bytes += piece.length
      onProgress?.(bytes)
    }
  } catch (error) {
    program.drop()
    throw error
  }
  program.stdin.end()
}

/** Settles when nobody needs the piece any more: its memory may then be used again. */
function written({ stdin }: Program, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => stdin.write(piece, () => resolve()))
}

async function* pieces(content: Upload['content']): AsyncGenerator<Uint8Array> {
  if (!(content instanceof Uint8Array)) return yield* content
  for (let at = 0; at < content.length; at += pieceSize) yield content.subarray(at, at + pieceSize)
}

/** The exit code as a shell would give it: 128 and the signal's number when one ended the program. */
function rcOf({ ending }: ProgramEnd): number {
  if (ending.rc !== undefined) return ending.rc
  const numbers: Readonly<Record<string, number>> = constants.signals
  return 128 + (numbers[ending.signal ?? ''] ?? 0)
}

function channelError(end: ProgramEnd, command: string): HostError {
  if (end.ending.lost) return lostError(end.ending.lost)
  const said = end.stderr.trim()
  const full = /No space left on device|Disk quota exceeded/i.test(said)
  return new HostError(full ? 'disk-full' : 'command-failed', said || `${command} failed.`, {
    command,
    rc: rcOf(end),
    stderr: end.stderr,
  })
}

function lostError(cause: unknown): HostError {
  if (cause instanceof HostError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HostError('connection-lost', `The connection broke during a transfer: ${why}`, { cause })
}
