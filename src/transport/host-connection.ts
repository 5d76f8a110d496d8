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
import type { Processes } from './end-processes.ts'
import { download, type StreamCommand, stream, upload } from './file-channels.ts'
import type { FramedShell } from './framed-shell.ts'
import { HostPrograms, type PrivateShell } from './host-programs.ts'
import { launchesFor } from './launch.ts'
import { newNonce } from './nonce.ts'
import { openFailure } from './open-failure.ts'
import { openShell } from './open-shell.ts'
import { whileHeard } from './patience.ts'
import { PendingFrame } from './pending-frame.ts'
import type { Program } from './program.ts'
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

const standardShell = '/bin/sh'
const sixteenMiB = 16 << 20
/** A connection over any road: a framed shell for each user, and channels of their own for bytes. */
export class HostConnection implements Connection {
  readonly #options: HostConnectionOptions
  readonly #slots = new Map<string, ShellSlot>()
  readonly #programs: HostPrograms
  readonly #count: Counter = newCounter()
  readonly #whenClosed = Promise.withResolvers<void>()
  #road: Promise<Road>
  #closing: Promise<void> | undefined
  #isClosed = false

  constructor(road: Road, options: HostConnectionOptions) {
    this.#options = options
    this.#road = Promise.resolve(this.#adopt(road))
    this.#programs = new HostPrograms({
      count: this.#count,
      shell: options.shell ?? standardShell,
      loginUser: options.loginUser,
      openSpareRoad: options.openRoad,
      openPrivateShell: (become) => this.#openPrivateShell(become),
    })
  }

  /** Settles when it has been closed. */
  get closed(): Promise<void> {
    return this.#whenClosed.promise
  }

  get count(): TrafficCount {
    return this.#count
  }

  get quickestAnswer(): number | undefined {
    return this.#count.quickestAnswer
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
    return stream(command, (script) => this.#start(script, command.as, command.alongside))
  }

  async reset(): Promise<void> {
    await Promise.all([...this.#slots.values()].map((slot) => slot.opened()))
    const slots = [...this.#slots.values()]
    this.#slots.clear()
    const old = this.#road
    // What is sent from now on waits for the end of the old road, and then opens a new one.
    this.#road = Promise.all(slots.map((slot) => slot.finish())).then(() => closed(old))
    await this.#road.catch(() => undefined)
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
      launches: () => launchesFor(as, { purpose: 'shell', shell: this.#options.shell ?? standardShell }),
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

  #shellOptions(become: Become | undefined) {
    return {
      count: this.#count,
      readyTimeoutMs: this.#options.readyTimeoutMs,
      endProcesses: async (processes: Processes) =>
        this.#programs.endProcesses(await this.#road, processes, become),
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

  async #start(script: string, as: Become | undefined, alongside = false): Promise<Program> {
    return this.#programs.start(await this.#usableRoad(), { script, alongside, become: this.#other(as) })
  }

  #openPrivateShell(become: Become | undefined): PrivateShell {
    const key = newNonce()
    const slot = this.#newSlot(key, become)
    return {
      run: (frame) => {
        const pending = new PendingFrame(frame, sixteenMiB)
        slot.send([pending])
        return pending.promise
      },
      finish: () => void slot.finish().then(() => this.#slots.delete(key)),
    }
  }

  async #close(): Promise<void> {
    for (const slot of this.#slots.values()) slot.refuse(closedError())
    const road = await this.#road.catch(() => undefined)
    if (!road) return
    if (!road.broken) await whileHeard(() => this.#count.bytesReceived, this.#endAll(road))
    await road.close()
  }

  /** Leaves nothing behind on the host: idle shells end by themselves, others are ended with all they started. */
  async #endAll(road: Road): Promise<void> {
    const shells = [...this.#slots.values()].map((slot) => this.#endShell(road, slot))
    await Promise.all([...shells, this.#programs.endAll(road)])
  }

  /** Frames on the way may still begin, and then run for ever: their shell must be known before it is ended. */
  async #endShell(road: Road, { shell, become }: ShellSlot): Promise<void> {
    if (!shell?.alive) return
    // It ends when its input does, whether anybody waits for that or not: a round trip less.
    if (shell.endsWithInput) return shell.end()
    if (shell.mayBegin) await shell.ready.catch(() => undefined)
    if (shell.pid === 0) shell.wire.drop()
    else if (shell.busy) await this.#programs.endProcesses(road, { pid: shell.pid, itself: true }, become)
    shell.end()
    await shell.wire.ended
  }
}

async function closed(road: Promise<Road>): Promise<Road> {
  const old = await road
  // The groups of the login user are those of its login, whatever shell is opened later.
  await old.close()
  return old
}

function closedError(): HostError {
  return new HostError('unreachable', 'The connection was closed.')
}
