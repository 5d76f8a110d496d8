import { HostError, interruption } from '#model/host-error.ts'
import type {
  ChainLink,
  Connect,
  Connection,
  Download,
  Frame,
  FrameResult,
  HostAddress,
  Upload,
} from '#model/transport.ts'
import { newCounter } from './counter.ts'

/** What a host in memory answers. What is left out of a result is rc 0 and no output. */
export type MemoryAnswer = Partial<FrameResult> | string
/** Plays the shell of one host: given a frame it answers, or throws HostError as a real road would. */
export type MemoryHandler = (frame: Frame) => MemoryAnswer | Promise<MemoryAnswer>

/** A host that lives in this process. Files are those that were uploaded, and those the handler puts there. */
export interface MemoryHost {
  readonly run: MemoryHandler
  /** Path to content. Default: none. */
  readonly files?: Map<string, Uint8Array>
  /** Called with the frames of each flight, before they are answered. */
  readonly onFlight?: (frames: readonly Frame[]) => void
}

/**
 * Opens connections to hosts in memory, found by their inventory name. Frames of one user run in order, those
 * of different users side by side, as over a real road; an unknown host is unreachable.
 */
export function createMemoryConnect(hosts: ReadonlyMap<string, MemoryHost>): Connect {
  return async (address: HostAddress, signal: AbortSignal) => {
    const host = hosts.get(address.host)
    if (!host) throw new HostError('unreachable', `There is no host ${address.host} in memory.`)
    if (signal.aborted) throw interruption()
    return new MemoryConnection(host, signal)
  }
}

class MemoryConnection implements Connection {
  readonly count = newCounter()
  readonly quickestAnswer = undefined
  readonly #host: MemoryHost
  readonly #signal: AbortSignal
  readonly #files: Map<string, Uint8Array>
  readonly #last = new Map<string, Promise<unknown>>()
  /** What became of the last frame of a chain, as a shell would keep it. */
  #chain = ''
  #closed = false

  constructor(host: MemoryHost, signal: AbortSignal) {
    this.#host = host
    this.#signal = signal
    this.#files = host.files ?? new Map()
  }

  send(frames: readonly Frame[]): Promise<FrameResult>[] {
    const flights = Map.groupBy(frames, userOf)
    this.count.flights += flights.size
    for (const flight of flights.values()) this.#host.onFlight?.(flight)
    return frames.map((frame) => {
      const result = this.#after(frame)
      result.catch(() => undefined)
      return result
    })
  }

  async upload({ path, content, onProgress }: Upload): Promise<void> {
    this.#check()
    const pieces: Uint8Array[] = []
    let bytes = 0
    for await (const piece of content instanceof Uint8Array ? [content] : content) {
      pieces.push(Uint8Array.from(piece))
      bytes += piece.length
      onProgress?.(bytes)
    }
    this.count.flights += 1
    this.count.bytesSent += bytes
    this.#files.set(path, Buffer.concat(pieces))
  }

  async *download({ path, onProgress }: Download): AsyncGenerator<Uint8Array> {
    this.#check()
    this.count.flights += 1
    const content = this.#files.get(path)
    if (!content) throw new HostError('command-failed', `cannot open ${path}: No such file`, { rc: 2 })
    this.count.bytesReceived += content.length
    onProgress?.(content.length)
    yield content
  }

  /** The script is run as a frame; its stdin stands in the frame's environment as STDIN. */
  stream(command: Parameters<Connection['stream']>[0]): ReturnType<Connection['stream']> {
    const result = this.#stream(command)
    result.catch(() => undefined)
    async function* stdout() {
      const { stdout: text } = await result
      if (text !== '') yield Buffer.from(text, 'latin1')
    }
    return { stdout: stdout(), exit: result.then(({ rc, stderr }) => ({ rc, stderr })) }
  }

  async reset(): Promise<void> {
    await Promise.allSettled(this.#last.values())
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  async #stream(command: Parameters<Connection['stream']>[0]): Promise<FrameResult> {
    const pieces: Uint8Array[] = []
    for await (const piece of command.stdin ?? []) pieces.push(Uint8Array.from(piece))
    const STDIN = Buffer.concat(pieces).toString('latin1')
    const frame = {
      script: command.script,
      binary: true,
      env: { STDIN },
      ...(command.as && { as: command.as }),
    }
    return this.#run(frame)
  }

  #after(frame: Frame): Promise<FrameResult> {
    const before = this.#last.get(userOf(frame)) ?? Promise.resolve()
    const run = () => this.#run(frame)
    const result = before.then(run, run)
    this.#last.set(userOf(frame), result)
    return result
  }

  async #run(frame: Frame): Promise<FrameResult> {
    this.#check()
    const { chain } = frame
    // Whether a guard holds cannot be known here, since there is no shell: the chain ends.
    const isDue = !chain || chain.position === 0 || (this.#chain === before(chain) && !chain.guard)
    const result = isDue ? await this.#answer(frame) : { ...nothing, notRun: true }
    if (chain) this.#chain = `${chain.id} ${chain.position} ${result.notRun ? '-' : result.rc}`
    return result
  }

  async #answer(frame: Frame): Promise<FrameResult> {
    this.count.frames += 1
    this.count.bytesSent += Buffer.byteLength(frame.script)
    const answer = await this.#host.run(frame)
    const {
      rc = 0,
      stdout = '',
      stderr = '',
      truncated = false,
    } = typeof answer === 'string' ? { stdout: answer } : answer
    this.count.bytesReceived += stdout.length + stderr.length
    if (stdout !== '') frame.onOutput?.('stdout', stdout)
    if (stderr !== '') frame.onOutput?.('stderr', stderr)
    return { rc, stdout, stderr, truncated }
  }

  #check(): void {
    if (this.#closed) throw new HostError('unreachable', 'The connection was closed.')
    if (this.#signal.aborted) throw interruption()
  }
}

const before = ({ id, position }: ChainLink): string => `${id} ${position - 1} 0`

const nothing: FrameResult = { rc: -1, stdout: '', stderr: '', truncated: false }

const userOf = ({ as }: Frame): string => (as ? `${as.method}:${as.user}` : '')
