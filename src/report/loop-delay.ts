import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How often it looks; delays shorter than this are not seen. */
const resolutionMs = 10

/** How long this process kept its own work waiting: hosts whose answers came meanwhile were not heard. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs })

  constructor() {
    this.#histogram.enable()
  }

  /** Ends the watch. In milliseconds, beyond what it takes to look. */
  end(): { readonly max: number; readonly p99: number } {
    this.#histogram.disable()
    const beyond = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 1e6 - resolutionMs))
    return { max: beyond(this.#histogram.max), p99: beyond(this.#histogram.percentile(99)) }
  }
}
