import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostGiven, LabBackend } from './backend.ts'
import { freezeProcesses, thawProcesses } from './freeze-processes.ts'
import type { LabHost } from './lab-plan.ts'
import { type HostRuntime, identify, type LabState } from './lab-state.ts'

export interface Kept {
  readonly backend: LabBackend
  readonly state: LabState
  readonly host: LabHost
  readonly given: HostGiven
  /** Told of each start and of the end. */
  readonly changed: (runtime: HostRuntime) => Promise<void>
}

/** One host in the lab's keeper: built once, booted, and booted again after each reboot until it is switched off. */
export class KeptHost {
  readonly #kept: Kept
  #starts = 0
  #upSeconds = 0
  #pid: number | undefined
  #isStopping = false
  #running: Promise<void> = Promise.resolve()
  /** Of requests from outside, one after the other. */
  #queue: Promise<void> = Promise.resolve()

  constructor(kept: Kept) {
    this.#kept = kept
  }

  /** Settles when the host runs. */
  async start(): Promise<void> {
    const { backend, state, host, given } = this.#kept
    await mkdir(host.directory, { recursive: true })
    await backend.build(state, host, given)
    await this.#boot()
  }

  /** Ends the host at once, as a power cut does; it stays off. */
  kill(): Promise<void> {
    return this.#inTurn(() => this.#stop())
  }

  /**
   * As a power cut and its end: the host boots with the files it has. Its clocks that count from its start say
   * `upSeconds` more than is true from then on; what they were told before they forget.
   */
  reboot(upSeconds = 0): Promise<void> {
    return this.#inTurn(async () => {
      const { backend, host } = this.#kept
      if (upSeconds > 0 && !backend.hasOwnClock) {
        throw new Error(`The clocks of ${host.name} are this machine's: hosts of ${backend.name} have none.`)
      }
      await this.#stop()
      this.#upSeconds = upSeconds
      await this.#boot()
    })
  }

  /** Nothing on the host runs, and nobody is told: connections stay open and silent. */
  freeze(): Promise<void> {
    return this.#inTurn(() => freezeProcesses(() => this.#processes(), this.#kept.host.name))
  }

  thaw(): Promise<void> {
    return this.#inTurn(() => thawProcesses(() => this.#processes()))
  }

  async #processes(): Promise<readonly number[]> {
    const { backend, state, host } = this.#kept
    if (this.#pid === undefined) throw new Error(`The lab host ${host.name} does not run.`)
    return backend.processes(state, host, this.#pid)
  }

  /** Ends the host, forgets all it wrote and boots it as on its first day. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stop()
      this.#upSeconds = 0
      await this.#kept.backend.drop(this.#kept.state, this.#kept.host)
      await this.start()
    })
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work)
    this.#queue = done.catch(() => undefined)
    return done
  }

  async #stop(): Promise<void> {
    this.#isStopping = true
    if (this.#pid !== undefined) await this.#kept.backend.end(this.#kept.state, this.#kept.host, this.#pid)
    await this.#running
    this.#isStopping = false
  }

  #boot(): Promise<void> {
    const booted = Promise.withResolvers<void>()
    this.#running = this.#untilItEnds(booted.resolve)
    // A host that cannot be started at all fails whoever wanted it, and nobody else.
    this.#running.catch(booted.reject)
    return booted.promise
  }

  async #untilItEnds(booted: () => void): Promise<void> {
    const { backend, state, host, changed } = this.#kept
    for (;;) {
      await backend.plugIn(state, host)
      const { pid, exit } = await this.#spawn()
      const startedAt = Date.now()
      const starts = ++this.#starts
      this.#pid = pid
      const process = pid === undefined ? undefined : await identify(pid)
      await changed({ startedAt, starts, ...(process && { process }) })
      booted()
      const code = await exit
      this.#pid = undefined
      await backend.pullOut(state, host)
      if (backend.isReboot(code) && !this.#isStopping) continue
      await changed({ startedAt, starts, ended: `its first process ended with ${code}` })
      return
    }
  }

  async #spawn(): Promise<{ readonly pid: number | undefined; readonly exit: Promise<number | string> }> {
    const { backend, state, host } = this.#kept
    const boot = await backend.boot(state, host)
    const { env } = boot
    const argv = [...startedBefore(this.#upSeconds), ...boot.argv]
    const log = await open(consoleLog(host), 'a', 0o600)
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      stdio: ['ignore', log.fd, log.fd],
      env: { PATH: process.env['PATH'], ...env },
    })
    await log.close()
    const exit = once(child, 'exit').then(([code, signal]: unknown[]) =>
      typeof code === 'number' ? code : String(signal),
    )
    return { pid: child.pid, exit }
  }
}

/** The wall clock has no namespace: it is the machine's. See time_namespaces(7). */
function startedBefore(seconds: number): string[] {
  if (seconds === 0) return []
  return ['unshare', '--time', '--boottime', String(seconds), '--monotonic', String(seconds), '--']
}

/** What a host says while it boots and afterwards. */
export const consoleLog = (host: LabHost): string => join(host.directory, 'console.log')
