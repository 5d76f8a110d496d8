import type { Become, Frame, FrameResult } from '#model/transport.ts'
import type { Counter } from './counter.ts'
import { endProcessesScript, type Processes } from './end-processes.ts'
import { startFifoProgram } from './fifo-program.ts'
import { type Launch, launchesFor } from './launch.ts'
import { openFailure } from './open-failure.ts'
import { isDoneWithin } from './patience.ts'
import { type Program, startProgram } from './program.ts'
import type { Road } from './wire.ts'

/** A shell that is opened for one program behind a terminal. */
export interface PrivateShell {
  run(frame: Frame): Promise<FrameResult>
  /** Lets it end. Never rejects. */
  finish(): void
}

export interface HostProgramsOptions {
  readonly count: Counter
  readonly shell: string
  readonly loginUser: string
  readonly openPrivateShell: (become: Become | undefined) => PrivateShell
  /** A further connection, for when there is no room for a session on this one. */
  readonly openSpareRoad: () => Promise<Road>
}

interface Start {
  readonly script: string
  /** Somebody else than the login user. */
  readonly become: Become | undefined
  /** It costs no round trip of its own. */
  readonly alongside: boolean
}

interface Running {
  readonly program: Program
  readonly become: Become | undefined
}

/** The grace that processes are given, and a little for a session to be opened. */
const crowdPatienceMs = 3500

/** Starts programs on channels of their own, as any user, and ends what runs on the host. */
export class HostPrograms {
  readonly #options: HostProgramsOptions
  readonly #running = new Set<Running>()
  readonly #opening = new Set<Promise<Program>>()

  constructor(options: HostProgramsOptions) {
    this.#options = options
  }

  /** Rejects with HostError. */
  start(road: Road, { script, become, alongside }: Start): Promise<Program> {
    const { count } = this.#options
    return this.#start(script, become, {
      road,
      open: (launch) => {
        // Remembered within what `endAll` waits for: it must not look between the two.
        const opening = startProgram(road, launch, { script, count, alongside }).then((program) => {
          this.#remember({ program, become })
          return program
        })
        this.#opening.add(opening)
        return opening.finally(() => this.#opening.delete(opening))
      },
    })
  }

  async #start(
    script: string,
    become: Become | undefined,
    { road, open }: { readonly road: Road; readonly open: (launch: Launch) => Promise<Program> },
  ): Promise<Program> {
    const { shell, loginUser } = this.#options
    for (const launch of launchesFor(become, { purpose: 'program', shell })) {
      const program = await open(launch)
      // Bytes can be given away only once, so another user's program must be known to listen.
      if (!become) return program
      try {
        await program.ready
        return program
      } catch (error) {
        const failure = openFailure(error, launch, loginUser)
        if (failure) throw failure
      }
    }
    return this.#startBehindTerminal(road, script, become)
  }

  /** Ends processes through another channel, or another connection. Never rejects. */
  async endProcesses(road: Road, processes: Processes, become: Become | undefined): Promise<void> {
    const script = endProcessesScript(processes)
    try {
      if (await isDoneWithin(crowdPatienceMs, this.#runToEnd(road, script, become))) return
      const spare = await this.#options.openSpareRoad()
      await this.#runToEnd(spare, script, become).finally(() => spare.close())
    } catch {
      // The caller waits for the processes' end, not for ours; when that does not come it gives them up.
    }
  }

  /** Ends every program with all it started. Never rejects. */
  async endAll(road: Road): Promise<void> {
    // Those that wait for a place have sent nothing yet.
    if (!road.crowded) await Promise.allSettled(this.#opening)
    await Promise.all([...this.#running].map((running) => this.#end(road, running)))
  }

  /** Through a shell of its own, since the bytes may take long and others wait in the user's first one. */
  async #startBehindTerminal(road: Road, script: string, become: Become | undefined): Promise<Program> {
    const shell = this.#options.openPrivateShell(become)
    try {
      const program = await startFifoProgram({
        script,
        run: (frame) => shell.run(frame),
        start: (text) => this.start(road, { script: text, become: undefined, alongside: false }),
      })
      void program.ended.then(() => shell.finish())
      return program
    } catch (error) {
      shell.finish()
      throw error
    }
  }

  async #runToEnd(road: Road, script: string, become: Become | undefined): Promise<void> {
    // Not remembered: what ends the others must not be ended with them.
    const { count } = this.#options
    const open = (launch: Launch) => startProgram(road, launch, { script, count })
    const program = await this.#start(script, become, { road, open })
    program.stdin.end()
    program.stdout.resume()
    await program.ended
  }

  async #end(road: Road, { program, become }: Running): Promise<void> {
    // Its script is on the way to the host and may still begin there, although nobody hears it any more.
    await program.ready.catch(() => undefined)
    const pid = program.pid()
    if (pid !== undefined) await this.endProcesses(road, { pid, itself: true }, become)
    program.drop()
    await program.ended
  }

  #remember(running: Running): void {
    this.#running.add(running)
    void running.program.ended.then(() => this.#running.delete(running))
  }
}
