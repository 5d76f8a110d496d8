import type { Listener, RunEvent } from '#model/event.ts'
import type { FlightRecord } from '#model/flight.ts'
import { Lanes } from './lanes.ts'
import { LoopDelay } from './loop-delay.ts'
import { writeWhole } from './write-whole.ts'

/** One entry of the Trace Event Format; times in microseconds. */
type Entry = Readonly<Record<string, unknown>>

interface Slice {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly args: Readonly<Record<string, unknown>>
}

/**
 * A timeline in the Trace Event Format, which Perfetto and chrome://tracing show: a process for the run with its
 * plays, and one for each host with its tasks and the flights it was waited for. Written whole when the run ends.
 *
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export class Timeline implements Listener {
  readonly #file: string
  readonly #startMs = performance.now()
  readonly #loopDelay = new LoopDelay()
  readonly #entries: Entry[] = []
  readonly #lanes = new Map<string, { readonly pid: number; readonly lanes: Lanes }>()
  readonly #begun = new Map<string, number>()
  #controller: unknown
  #play: { readonly name: string; readonly startMs: number } | undefined

  constructor(file: string) {
    this.#file = file
  }

  on(event: RunEvent): void {
    const now = performance.now()
    if (event.type === 'play_start') {
      this.#endPlay(now)
      this.#play = { name: event.play, startMs: now }
    }
    if (event.type === 'host_start') this.#begun.set(keyOf(event), now)
    if (event.type === 'task') this.#addTask(event, now)
    if (event.type === 'recap') {
      this.#endPlay(now)
      this.#noteController()
    }
  }

  flight({ host, kind, as, frames, bytes, startMs, endMs }: FlightRecord): void {
    const name = kind === 'flight' ? `${frames} ${frames === 1 ? 'frame' : 'frames'}` : kind
    const args = { frames, bytes, ...(as !== undefined && { as }) }
    this.#add(host, 'flights', { name, startMs, endMs, args })
  }

  async close(): Promise<void> {
    const lines = this.#entries.map((entry) => JSON.stringify(entry))
    const about = JSON.stringify({ controller: this.#controller })
    await writeWhole(
      this.#file,
      `{"displayTimeUnit":"ms","otherData":${about},"traceEvents":[\n${lines.join(',\n')}\n]}\n`,
    )
  }

  #addTask(event: RunEvent & { readonly type: 'task' }, now: number): void {
    const { host, task, status, module, source } = event
    const startMs = this.#begun.get(keyOf(event)) ?? now
    this.#begun.delete(keyOf(event))
    this.#add(host, 'tasks', { name: task, startMs, endMs: now, args: { status, module, source } })
  }

  /** How this process itself fared: what kept hosts waiting, and what it took. */
  #noteController(): void {
    const { max, p99 } = this.#loopDelay.end()
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    this.#controller = {
      eventLoopDelayMs: { max, p99 },
      peakMemoryMB: Math.round(maxRSS / 1024),
      cpuMs: Math.round((userCPUTime + systemCPUTime) / 1000),
    }
  }

  #endPlay(now: number): void {
    if (!this.#play) return
    this.#add('tsplay', 'plays', { ...this.#play, endMs: now, args: {} })
    this.#play = undefined
  }

  #add(process: string, kind: string, { name, startMs, endMs, args }: Slice): void {
    const { pid, lanes } = this.#laneOf(process)
    const { lane, isNew } = lanes.take(kind, startMs, endMs)
    if (isNew) this.#entries.push({ ph: 'M', name: 'thread_name', pid, tid: lane, args: { name: kind } })
    const ts = Math.round((startMs - this.#startMs) * 1000)
    const dur = Math.round((endMs - startMs) * 1000)
    this.#entries.push({ ph: 'X', cat: kind, name, pid, tid: lane, ts, dur, args })
  }

  #laneOf(process: string) {
    const known = this.#lanes.get(process)
    if (known) return known
    const made = { pid: this.#lanes.size + 1, lanes: new Lanes() }
    this.#lanes.set(process, made)
    this.#entries.push({ ph: 'M', name: 'process_name', pid: made.pid, args: { name: process } })
    return made
  }
}

const keyOf = ({ host, taskId }: { readonly host: string; readonly taskId: string }) => `${host}\0${taskId}`
