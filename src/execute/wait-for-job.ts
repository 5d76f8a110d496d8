import { setTimeout as sleep } from 'node:timers/promises'
import { HostError, unreachableReasons } from '#model/host-error.ts'
import type { FrameResult } from '#model/transport.ts'
import { jobMissing, jobRuns, pollJobScript } from './async-job.ts'

export interface Waiting {
  readonly id: string
  readonly pollSeconds: number
  readonly limitSeconds: number
  readonly signal: AbortSignal | undefined
  ask(script: string): Promise<FrameResult>
  /** Drops a broken connection, so that the next question opens a new one. */
  reconnect(): Promise<void>
  progress(text: string): void
}

/** A job that has been told to end still needs a moment for it. */
const graceSeconds = 30

/**
 * Waits for a detached job and gives its result. A connection that breaks meanwhile is opened anew: the job does
 * not depend on it. Throws HostError `timeout` when the job is over its limit and still there.
 */
export async function waitForJob(waiting: Waiting): Promise<FrameResult> {
  const started = Date.now()
  for (;;) {
    await sleep(waiting.pollSeconds * 1000, undefined, waiting.signal ? { signal: waiting.signal } : {})
    const seconds = Math.round((Date.now() - started) / 1000)
    waiting.progress(`running for ${seconds} s`)
    const answer = await askedOnce(waiting)
    if (answer && answer.rc !== jobRuns) return jobResult(waiting, answer)
    if (seconds > waiting.limitSeconds + graceSeconds) {
      throw new HostError('timeout', `The job did not end within ${waiting.limitSeconds} s.`)
    }
  }
}

async function askedOnce(waiting: Waiting): Promise<FrameResult | undefined> {
  try {
    return await waiting.ask(pollJobScript(waiting.id))
  } catch (error) {
    if (!(error instanceof HostError) || !unreachableReasons.has(error.reason)) throw error
    // Asking only reads: asking again is safe, and the limit bounds how often.
    waiting.progress(`connection lost (${error.message}); the job goes on, trying again`)
    await waiting.reconnect()
    return undefined
  }
}

function jobResult(waiting: Waiting, answer: FrameResult): FrameResult {
  if (answer.rc === jobMissing)
    throw new HostError('command-failed', `The job ${waiting.id} is gone from the host.`)
  const end = answer.stdout.indexOf('\n')
  const rc = Number(answer.stdout.slice(0, end))
  const result = { ...answer, rc, stdout: answer.stdout.slice(end + 1) }
  if (rc === 124) throw new HostError('timeout', `The job was ended after ${waiting.limitSeconds} s.`, result)
  return result
}
