import { HostError } from '#model/host-error.ts'
import type {
  Become,
  Connection,
  Download,
  Frame,
  FrameResult,
  TrafficCount,
  Upload,
} from '#model/transport.ts'
import { type Counter, newCounter } from './counter.ts'
import { endProcessesScript, type Processes } from './end-processes.ts'
import { startFifoProgram } from './fifo-program.ts'
import { download, type StreamCommand, stream, upload } from './file-channels.ts'
import type { FramedShell } from './framed-shell.ts'
import { type Launch, launchesFor } from './launch.ts'
import { newNonce } from './nonce.ts'
import { openFailure } from './open-failure.ts'
import { openShell } from './open-shell.ts'
import { PendingFrame } from './pending-frame.ts'
import { type Program, startProgram } from './program.ts'
import { ShellSlot } from './shell-slot.ts'
import type { Road } from './wire.ts'

export interface HostConnectionOptions {
  /** Opens the road again after `reset`, or when an idle one broke. Rejects with HostError. */
  readonly openRoad: () => Promise<Road>
  /** Who the road logs in as: becoming that user needs no second shell. */
  readonly loginUser: string
  /** The shell frames are written for. Default `/bin/sh`. */
  readonly shell?: string
  /** How long a shell may take to start: login files, passwords, what the server asks. */
  readonly readyTimeoutMs: number
  /** Bytes of output kept of each stream of a frame. Default 16 MiB. */
  readonly captureLimit?: number
}

const sixteenMiB = 16 << 20
/** How long `close` waits for processes on the host to end. */
const closePatienceMs = 4000
/** The grace that processes are given, and a little for a session to be opened. */
const crowdPatienceMs = 3500

interface Running {
  readonly program: Program
  readonly become: Become | undefined
}

/** A connection over any road: a framed shell for each user, and channels of their own for bytes. */
export class HostConnection implements Connection {
  readonly #options: HostConnectionOptions
  readonly #slots = new Map<string, ShellSlot>()
  readonly #running = new Set<Running>()
  readonly #count: Counter = newCounter()
  readonly #whenClosed = Promise.withResolvers<void>()
  #road: Promise<Road>
  #closing: Promise<void> | undefined
  #isClosed = false

  constructor(road: Road, options: HostConnectionOptions) {
    this.#options = options
    this.#road = Promise.resolve(this.#adopt(road))
  }

  /** Settles when it has been closed. */
  get closed(): Promise<void> {
    return this.#whenClosed.promise
  }

  get count(): TrafficCount {
    return this.#count
  }

  send(frames: readonly Frame[]): Promise<FrameResult>[] {
    const limit = this.#options.captureLimit ?? sixteenMiB
    const pending = frames.map((frame) => new PendingFrame(frame, limit))
    const speakable = pending.filter((one) => !one.refuseUnspeakable())
    for (const [slot, batch] of Map.groupBy(speakable, ({ frame }) => this.#slot(frame.as))) {
      slot.send(batch)
      if (this.#isClosed) slot.refuse(closedError())
    }
    return pending.map(({ promise }) => promise)
  }

  upload(request: Upload): Promise<void> {
    return upload(request, (script) => this.#start(script, request.as))
  }

  download(request: Download): AsyncIterable<Uint8Array> {
    return download(request, (script) => this.#start(script, request.as))
  }

  stream(command: StreamCommand): ReturnType<Connection['stream']> {
    return stream(command, (script) => this.#start(script, command.as))
  }

  async reset(): Promise<void> {
    const slots = [...this.#slots.values()]
    this.#slots.clear()
    await Promise.all(slots.map((slot) => slot.finish()))
    const road = await this.#road.catch(() => undefined)
    // The groups of the login user are those of its login, whatever shell is opened later.
    await road?.close()
  }

  close(): Promise<void> {
    this.#isClosed = true
    this.#closing ??= this.#close().finally(() => this.#whenClosed.resolve())
    return this.#closing
  }

  /** Ends everything now; frames that wait for an answer fail with this error. */
  abort(error: HostError): Promise<void> {
    for (const slot of this.#slots.values()) {
      slot.refuse(error)
      for (const pending of slot.shell?.unfinished ?? []) pending.fail(error)
    }
    return this.close()
  }

  #slot(become: Become | undefined): ShellSlot {
    const as = this.#other(become)
    const key = as ? [as.method, as.user, as.executable, as.flags].join('\0') : ''
    const present = this.#slots.get(key)
    if (present) return present
    return this.#newSlot(key, as)
  }

  #newSlot(key: string, as: Become | undefined): ShellSlot {
    const slot = new ShellSlot(as, {
      launches: () => this.#launches(as, 'shell'),
      open: async (launch) => openShell(await this.#usableRoad(), launch, this.#shellOptions(as)),
      explain: (error, launch) => openFailure(error, launch, this.#options.loginUser),
    })
    this.#slots.set(key, slot)
    return slot
  }

  /** Nobody needs to become who he is. */
  #other(become: Become | undefined): Become | undefined {
    return become?.user === this.#options.loginUser && !become.flags ? undefined : become
  }

  #launches(become: Become | undefined, purpose: 'shell' | 'program'): readonly Launch[] {
    return launchesFor(become, { purpose, shell: this.#options.shell ?? '/bin/sh' })
  }

  #shellOptions(become: Become | undefined) {
    return {
      count: this.#count,
      readyTimeoutMs: this.#options.readyTimeoutMs,
      endProcesses: (processes: Processes) => this.#endProcesses(processes, become),
      onIdle: (shell: FramedShell) =>
        void this.#road.then(
          (road) => road.crowded && shell.end(),
          () => undefined,
        ),
    }
  }

  #adopt(road: Road): Road {
    road.onPressure = () => {
      for (const { shell } of this.#slots.values()) if (shell?.isReady && !shell.busy) shell.end()
    }
    return road
  }

  #usableRoad(): Promise<Road> {
    const reopen = async () => this.#adopt(await this.#options.openRoad())
    if (this.#isClosed) throw closedError()
    this.#road = this.#road.then((road) => (road.broken ? reopen() : road), reopen)
    return this.#road
  }

  async #start(script: string, as: Become | undefined): Promise<Program> {
    return this.#startOn(await this.#usableRoad(), script, this.#other(as))
  }

  async #startOn(road: Road, script: string, become: Become | undefined): Promise<Program> {
    for (const launch of this.#launches(become, 'program')) {
      const program = await startProgram(road, launch, { script, count: this.#count })
      this.#remember({ program, become })
      // Bytes can be given away only once, so another user's program must be known to listen.
      if (!become) return program
      try {
        await program.ready
        return program
      } catch (error) {
        const failure = openFailure(error, launch, this.#options.loginUser)
        if (failure) throw failure
      }
    }
    return this.#startBehindTerminal(road, script, become)
  }

  /** Through a shell of its own, since the bytes may take long and others wait in the user's first one. */
  async #startBehindTerminal(road: Road, script: string, become: Become | undefined): Promise<Program> {
    const key = newNonce()
    const slot = this.#newSlot(key, become)
    const finish = () => void slot.finish().then(() => this.#slots.delete(key))
    const run = (frame: Frame) => {
      const pending = new PendingFrame(frame, sixteenMiB)
      slot.send([pending])
      return pending.promise
    }
    try {
      const program = await startFifoProgram({
        script,
        run,
        start: (text) => this.#startOn(road, text, undefined),
      })
      void program.ended.then(finish)
      return program
    } catch (error) {
      finish()
      throw error
    }
  }

  #remember(running: Running): void {
    this.#running.add(running)
    void running.program.ended.then(() => this.#running.delete(running))
  }

  async #endProcesses(processes: Processes, become: Become | undefined): Promise<void> {
    const script = endProcessesScript(processes)
    try {
      const road = await this.#road
      const done = this.#runToEnd(road, script, become)
      if (await isDoneWithin(crowdPatienceMs, done)) return
      // Where there is no room for another session, there may be for another connection.
      const spare = await this.#options.openRoad()
      await this.#runToEnd(spare, script, become).finally(() => spare.close())
    } catch {
      // The caller waits for the processes' end, not for ours; when that does not come it gives them up.
    }
  }

  async #runToEnd(road: Road, script: string, become: Become | undefined): Promise<void> {
    const program = await this.#startOn(road, script, become)
    program.stdin.end()
    program.stdout.resume()
    await program.ended
  }

  async #close(): Promise<void> {
    for (const slot of this.#slots.values()) slot.refuse(closedError())
    const road = await this.#road.catch(() => undefined)
    if (!road) return
    if (!road.broken) await withPatience(this.#endAll())
    await road.close()
  }

  /** Leaves nothing behind on the host: idle shells end by themselves, others are ended with all they started. */
  async #endAll(): Promise<void> {
    const running = [...this.#running]
    const shells = [...this.#slots.values()].map(({ shell, become }) => this.#endShell(shell, become))
    const programs = running.map(({ program, become }) => this.#endProgram(program, become))
    await Promise.all([...shells, ...programs])
  }

  async #endShell(shell: FramedShell | undefined, become: Become | undefined): Promise<void> {
    if (!shell?.alive) return
    if (shell.pid === 0) shell.wire.drop()
    else if (shell.busy) await this.#endProcesses({ pid: shell.pid, itself: true }, become)
    shell.end()
    await shell.wire.ended
  }

  async #endProgram(program: Program, become: Become | undefined): Promise<void> {
    const pid = program.pid()
    // One that has not begun ends with its wire.
    if (pid !== undefined) await this.#endProcesses({ pid, itself: true }, become)
    program.drop()
    await program.ended
  }
}

async function isDoneWithin(milliseconds: number, work: Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, milliseconds, false)
  work.catch(() => undefined)
  return Promise.race([work.then(() => true), promise]).finally(() => clearTimeout(timer))
}

async function withPatience(work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, closePatienceMs)
  await Promise.race([work, promise])
  clearTimeout(timer)
}

function closedError(): HostError {
  return new HostError('unreachable', 'The connection was closed.')
}
