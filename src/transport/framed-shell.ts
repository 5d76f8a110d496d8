import { HostError } from '#model/host-error.ts'
import type { Counter } from './counter.ts'
import type { Processes } from './end-processes.ts'
import { MarkerReader } from './marker-reader.ts'
import type { PendingFrame } from './pending-frame.ts'
import { type Noise, ShellNotReady } from './shell-not-ready.ts'
import { bootstrap, frameText, notRun, terminalBootstrap, terminalFrameText } from './shell-text.ts'
import type { Ending, Wire } from './wire.ts'

export interface FramedShellOptions {
  readonly count: Counter
  /** Ends processes of this shell through another channel. Never rejects. */
  readonly endProcesses: (processes: Processes) => Promise<void>
  /** The wire is a terminal: one output stream, and nothing may be sent before the shell is ready. */
  readonly terminal?: boolean
  /** Nothing may be sent before the shell is ready, because something else reads stdin first. */
  readonly waits?: boolean
  readonly nonce: string
  /** Called whenever something is printed before the shell is ready: a prompt, perhaps. */
  readonly onNoise?: (noise: Noise) => void
  /** Called when the last frame it was given has ended. */
  readonly onIdle?: (shell: FramedShell) => void
  /** How long the processes of a frame that took too long may take to end. */
  readonly patienceMs?: number
}

const noiseKept = 8192
/** How long output may still be on its way when a shell is gone. */
const lastWordsMs = 300

/**
 * Runs frames, one after the other, in one `sh` that stays. All frames given to one `write` leave in one
 * piece; the marks that frame their output carry a random word nobody on the host can guess.
 */
export class FramedShell {
  readonly ready: Promise<void>
  readonly wire: Wire
  readonly #options: FramedShellOptions
  readonly #nonce: string
  readonly #whenReady = Promise.withResolvers<void>()
  readonly #awaitingOut: PendingFrame[] = []
  readonly #awaitingErr: PendingFrame[] = []
  readonly #noise = { stdout: '', stderr: '' }
  readonly #timers = new Map<PendingFrame, NodeJS.Timeout>()
  #lastId = 0
  #pid = 0
  #isReady = false
  /** The two streams are not ordered against each other: prompts may arrive after the shell is ready. */
  #cleanStderr = false
  #over = false
  #ending = false
  #early = ''
  /** When something was sent that nothing has come after yet. */
  #askedAt: number | undefined

  constructor(wire: Wire, options: FramedShellOptions) {
    this.wire = wire
    this.#options = options
    this.#nonce = options.nonce
    this.ready = this.#whenReady.promise
    this.ready.catch(() => undefined)
    this.#listen()
    // What a frame has left running may hold the streams; the shell is gone all the same.
    void wire.exited.then(() => setTimeout(() => wire.drop(), lastWordsMs).unref())
    void wire.ended.then((ending) => this.#end(ending))
  }

  /** False once it is ending; frames must then go to another shell. */
  get alive(): boolean {
    return !this.#over && !this.#ending
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** True while frames are running or waiting in the shell. */
  get busy(): boolean {
    return this.#awaitingOut.length > 0
  }

  /** True when frames are on the way to a shell that has not answered yet. */
  get mayBegin(): boolean {
    return !this.#isReady && !this.#options.waits && this.busy
  }

  /** True of a shell that only reads its input: the end of that is its own, also when the connection goes. */
  get endsWithInput(): boolean {
    return this.#isReady && !this.busy && !this.#options.terminal
  }

  /** The shell's process on the host; 0 before it is ready. */
  get pid(): number {
    return this.#pid
  }

  /** Frames that were given to it and have no result yet. */
  get unfinished(): readonly PendingFrame[] {
    return [...new Set([...this.#awaitingErr, ...this.#awaitingOut])]
  }

  /** Sends the shell its first line. Called once. */
  start(): void {
    const text = this.#options.terminal ? terminalBootstrap : bootstrap
    this.#put(text(this.#nonce))
  }

  /** Sends frames as one flight. */
  write(frames: readonly PendingFrame[]): void {
    let text = ''
    const textOf = this.#options.terminal ? terminalFrameText : frameText
    for (const pending of frames) {
      this.#lastId += 1
      this.#awaitingOut.push(pending)
      this.#awaitingErr.push(pending)
      text += textOf(pending.frame, this.#nonce, this.#lastId)
    }
    this.#options.count.frames += frames.length
    this.#options.count.flights += 1
    if (this.#options.waits && !this.#isReady) this.#early += text
    else this.#put(text)
  }

  /** Lets the shell end once it has run what it was given. */
  end(): void {
    this.#ending = true
    // A terminal in raw mode has no end of input.
    if (this.#options.terminal) this.#put('exit\n')
    this.wire.stdin.end()
  }

  #put(text: string): void {
    const bytes = Buffer.from(text, 'utf8')
    this.#options.count.bytesSent += bytes.length
    this.#askedAt ??= performance.now()
    if (this.wire.stdin.writable) this.wire.stdin.write(bytes)
  }

  #listen(): void {
    const out = new MarkerReader(this.#nonce, {
      bytes: (chunk) => this.#output('stdout', chunk),
      mark: (words) => this.#mark(words),
    })
    const err = new MarkerReader(this.#nonce, {
      bytes: (chunk) => this.#output('stderr', chunk),
      mark: ([word, , rc]) => {
        if (word === 'ready') this.#cleanStderr = true
        if (word === 'end') this.#ended(this.#awaitingErr, rc)
      },
    })
    this.wire.stdout.on('data', (chunk: Buffer) => this.#received(chunk, out))
    this.wire.stderr.on('data', (chunk: Buffer) => this.#received(chunk, err))
    // A shell that ends while it is written to tells so through `ended`.
    this.wire.stdin.on('error', () => undefined)
  }

  #received(chunk: Buffer, reader: MarkerReader): void {
    this.#options.count.bytesReceived += chunk.length
    this.#noteAnswer()
    reader.push(chunk)
  }

  #noteAnswer(): void {
    if (this.#askedAt === undefined) return
    const { count } = this.#options
    count.quickestAnswer = Math.min(
      performance.now() - this.#askedAt,
      count.quickestAnswer ?? Number.POSITIVE_INFINITY,
    )
    this.#askedAt = undefined
  }

  #output(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (stream === 'stdout' ? !this.#isReady : !this.#cleanStderr) {
      this.#noise[stream] = (this.#noise[stream] + chunk.toString('utf8')).slice(-noiseKept)
      this.#options.onNoise?.(this.#noise)
      return
    }
    if (stream === 'stdout' && !this.#inStderrPart()) this.#awaitingOut[0]?.stdout.add(chunk)
    else this.#awaitingErr[0]?.stderr.add(chunk)
  }

  /** Behind a terminal the frame's stderr follows its stdout on the same stream. */
  #inStderrPart(): boolean {
    return this.#options.terminal === true && this.#awaitingErr[0] !== this.#awaitingOut[0]
  }

  #mark([word, id, rest]: readonly string[]): void {
    if (word === 'ready') this.#becomeReady(Number(id))
    if (word === 'start') this.#watch(Number(rest))
    if (word === 'end') this.#ended(this.#awaitingOut, rest)
    if (word === 'end2') this.#ended(this.#awaitingErr, rest)
  }

  #becomeReady(pid: number): void {
    this.#pid = pid
    this.#isReady = true
    this.#whenReady.resolve()
    if (this.#early !== '') this.#put(this.#early)
    this.#early = ''
  }

  #ended(queue: PendingFrame[], rc: string | undefined): void {
    const pending = queue.shift()
    if (!pending) return
    if (pending.rc === undefined) {
      pending.notRun = rc === notRun
      pending.rc = pending.notRun ? -1 : Number(rc)
      return
    }
    clearTimeout(this.#timers.get(pending))
    this.#timers.delete(pending)
    pending.settle(pending.rc)
    if (this.#awaitingErr.length === 0 && !this.busy) this.#options.onIdle?.(this)
  }

  /** The frame at the head has begun, as process `pid`. */
  #watch(pid: number): void {
    const pending = this.#awaitingOut[0]
    if (pending?.frame.timeoutMs === undefined) return
    this.#timers.set(
      pending,
      setTimeout(() => this.#expire(pending, pid), pending.frame.timeoutMs),
    )
  }

  #expire(pending: PendingFrame, pid: number): void {
    pending.timedOut = true
    void this.#options.endProcesses({ pid, parent: this.#pid, itself: true })
    // If the frame does not end now, this shell is lost; frames behind it may not wait for ever.
    const patience = this.#options.patienceMs ?? 15_000
    this.#timers.set(
      pending,
      setTimeout(() => this.#abandon(pending), patience),
    )
  }

  #abandon(pending: PendingFrame): void {
    // Whoever comes next goes to another shell, although this one's end has not been seen yet.
    this.#ending = true
    pending.settle(-1)
    this.wire.drop()
  }

  #end(ending: Ending): void {
    this.#over = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    if (!this.#isReady) this.#whenReady.reject(new ShellNotReady(ending, this.#noise))
    // Frames that went out before the shell was ready are the opener's: it knows whether they can go elsewhere.
    if (!this.#isReady) return
    for (const pending of this.unfinished) pending.fail(lost(ending))
  }
}

function lost(ending: Ending): HostError {
  if (ending.lost) {
    return new HostError('connection-lost', `The connection broke: ${ending.lost.message}`, {
      remedy: 'A command may have run. Look at the host, then run again.',
      cause: ending.lost,
    })
  }
  const how = ending.signal ? `by ${ending.signal}` : `with exit code ${ending.rc ?? 'unknown'}`
  return new HostError('connection-lost', `The shell on the host ended (${how}) while a command was running.`)
}
