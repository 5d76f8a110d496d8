import { join } from 'node:path'
import type { Ledger } from '#app/schedule-ledger.ts'
import { stateFolder } from '#app/state-folder.ts'
import type { Terminal } from '#base/terminal.ts'
import type { Schedule, ScheduleFile } from '#model/schedule.ts'
import type { Slot } from '#model/slot.ts'
import { Children } from './children.ts'
import type { DaemonRequest } from './daemon-request.ts'
import { metricsText } from './metrics.ts'
import { PostOffice } from './post-office.ts'
import { retryAt } from './retry.ts'
import type { ScheduleWatch } from './schedule-watch.ts'
import { tick } from './scheduler.ts'
import { startProcess } from './start-process.ts'
import type { Status } from './status-server.ts'

export interface DaemonParts {
  readonly request: DaemonRequest
  readonly terminal: Terminal
  readonly ledger: Ledger
  readonly watch: ScheduleWatch
}

/** Without a look for so long, something holds the daemon up. */
const lateMs = 60_000
const dayMs = 86_400_000
const keptMs = 400 * dayMs

/** The scheduler at work: real clock, real processes. */
export class Daemon implements Status {
  readonly #parts: DaemonParts
  readonly #children = new Children()
  readonly #post: PostOffice
  #lastTick = Date.now()
  #tidied = 0
  #ending = false

  constructor(parts: DaemonParts) {
    this.#parts = parts
    this.#post = new PostOffice((message) => parts.terminal.notice(message))
  }

  /** Looks once. A failure, such as a full disk, is said, and the next look tries again. */
  async tick(): Promise<void> {
    if (this.#ending) return
    const { terminal, watch, ledger } = this.#parts
    try {
      if (await watch.refresh()) terminal.notice(this.statusLine())
      tick({
        ledger,
        file: this.#file,
        now: Date.now(),
        start: (schedule, slot) => this.#start(schedule, slot),
        isStarting: (slot) => this.#children.has(slot),
        end: endProcess,
      })
      this.#lastTick = Date.now()
      this.#tidy(this.#lastTick)
    } catch (error) {
      terminal.notice(`error: ${error instanceof Error ? error.message : String(error)}`)
    }
    void this.#post.deliver(ledger, this.#file.alerts, Date.now()).catch((error: unknown) => {
      terminal.notice(`error: Alerts cannot be sent: ${String(error)}`)
    })
  }

  /** Reads the file again, whether or not it looks the same, and says what it found. */
  async reload(): Promise<void> {
    this.#parts.watch.forget()
    await this.tick()
  }

  /** Something holds it up: it no longer looks at its schedules. */
  isLate(): boolean {
    return Date.now() - this.#lastTick > lateMs
  }

  problem(): string | undefined {
    const silent = Math.round((Date.now() - this.#lastTick) / 1000)
    if (this.isLate()) return `No look at the schedules for ${silent} seconds.`
    return this.#parts.watch.problem
  }

  metrics(): string {
    return metricsText(this.#parts.ledger, this.#file, Date.now(), this.#lastTick)
  }

  statusLine(): string {
    const count = this.#file.schedules.length
    return `${count} schedule${count === 1 ? '' : 's'} in ${this.#parts.request.file}.`
  }

  /** Starts nothing more; waits for runs as long as it may, and gives how many go on. */
  async end(drainMs: number): Promise<number> {
    this.#ending = true
    const left = await this.#children.ended(drainMs)
    this.#parts.ledger.release('daemon')
    return left
  }

  get #file(): ScheduleFile {
    return this.#parts.watch.file ?? { schedules: [], maintenance: [], alerts: [] }
  }

  /** Once a day: what is over for more than a year goes, and only the counts stay. */
  #tidy(now: number): void {
    if (now - this.#tidied < dayMs) return
    this.#parts.ledger.prune(now - keptMs)
    this.#tidied = now
  }

  #start(schedule: Schedule, slot: Slot): void {
    const { request, terminal } = this.#parts
    const words = ['schedule', 'run', schedule.name, '--due', String(slot.at), '-f', request.file]
    const logFolder = join(stateFolder(), 'scheduled')
    const child = startProcess({
      words: [...words, ...request.runOptions],
      schedule: schedule.name,
      logFolder,
    })
    terminal.notice(
      `${new Date().toISOString()} ${schedule.name}: started, due ${new Date(slot.at).toISOString()}`,
    )
    this.#children.add(slot, child, (code) => this.#ended(schedule, slot, code))
  }

  #ended(schedule: Schedule, slot: Slot, code: number | undefined): void {
    const { ledger, terminal } = this.#parts
    terminal.notice(`${new Date().toISOString()} ${schedule.name}: ended, exit code ${code ?? 'none'}`)
    if (this.#ending || code === 0) return
    const now = Date.now()
    const outcome = code === undefined ? 'killed' : `exit code ${code} before it began`
    const attempt = slot.attempt + 1
    const again = retryAt(schedule, attempt, { outcome, now })
    // Counts only while the slot is due and at the attempt it was started for: else the run has said it itself.
    ledger.countFailedStart(slot, { outcome, now, ...(again !== undefined && { retryAt: again }) })
  }
}

/** A run hears SIGHUP to end in order; it was started as the leader of a group of its own. */
function endProcess(slot: Slot, how: 'in order' | 'at once'): void {
  if (!slot.process) return
  try {
    process.kill(
      how === 'in order' ? slot.process.pid : -slot.process.pid,
      how === 'in order' ? 'SIGHUP' : 'SIGKILL',
    )
  } catch (error) {
    // It has just ended.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
