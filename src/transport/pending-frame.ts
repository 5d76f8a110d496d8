import { HostError } from '#model/host-error.ts'
import type { Frame, FrameResult } from '#model/transport.ts'
import { Capture } from './capture.ts'

/** A frame on its way: what came back so far, and the promise its sender holds. */
export class PendingFrame {
  readonly frame: Frame
  readonly promise: Promise<FrameResult>
  readonly stdout: Capture
  readonly stderr: Capture
  /** Set while its processes are being ended because it took too long. */
  timedOut = false
  rc: number | undefined
  /** Its chain had ended before it. */
  notRun = false
  #resolve: (result: FrameResult) => void
  #reject: (error: HostError) => void

  constructor(frame: Frame, limit: number) {
    const { promise, resolve, reject } = Promise.withResolvers<FrameResult>()
    // The sender decides when to look; until then a failure is not an unhandled one.
    promise.catch(() => undefined)
    this.promise = promise
    this.#resolve = resolve
    this.#reject = reject
    this.frame = frame
    const decoding = frame.binary ? 'latin1' : 'utf8'
    const show = frame.onOutput
    this.stdout = new Capture(limit, decoding, show && ((text) => show('stdout', text)))
    this.stderr = new Capture(limit, decoding, show && ((text) => show('stderr', text)))
  }

  /** Fails at once what could not be said to a shell. True when it has failed. */
  refuseUnspeakable(): boolean {
    const { script, env = {} } = this.frame
    const words = [script, this.frame.chain?.guard ?? '', ...Object.values(env)]
    const badName = Object.keys(env).find((name) => !/^[A-Za-z_]\w*$/.test(name))
    if (badName !== undefined)
      this.fail(new HostError('refused', `"${badName}" is no name for an environment variable.`))
    else if (words.some((word) => word.includes('\0')))
      this.fail(new HostError('refused', 'A shell cannot be given NUL bytes.'))
    else return false
    return true
  }

  /** Settles with what was captured: as a result, or as a timeout. */
  settle(rc: number): void {
    this.stdout.finish()
    this.stderr.finish()
    const stdout = this.stdout.text()
    const stderr = this.stderr.text()
    const truncated = this.stdout.truncated || this.stderr.truncated
    if (this.timedOut) this.#reject(this.#timeout({ stdout, stderr }))
    else this.#resolve({ rc, stdout, stderr, truncated, ...(this.notRun ? { notRun: true } : {}) })
  }

  fail(error: HostError): void {
    this.#reject(error)
  }

  #timeout(output: { stdout: string; stderr: string }): HostError {
    const seconds = (this.frame.timeoutMs ?? 0) / 1000
    return new HostError('timeout', `A command took longer than ${seconds} s and was ended.`, output)
  }
}
