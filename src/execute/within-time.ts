import { HostError } from '#model/host-error.ts'
import type { ModuleCall } from './run-module.ts'

/**
 * Ends a call after its time limit: the frames on the host are ended by the transport, work on the controller
 * hears it by its signal. Rejects with HostError `timeout`.
 */
export async function withinTime<T>(call: ModuleCall, work: (call: ModuleCall) => Promise<T>): Promise<T> {
  const { timeoutMs } = call
  if (timeoutMs === undefined) return work(call)
  const limit = AbortSignal.timeout(timeoutMs)
  const { promise, reject } = Promise.withResolvers<never>()
  const onLimit = () => reject(timedOut(timeoutMs))
  limit.addEventListener('abort', onLimit, { once: true })
  try {
    return await Promise.race([work({ ...call, signal: AbortSignal.any([call.signal, limit]) }), promise])
  } catch (error) {
    // Work that heard the signal may reject first, with its own words.
    throw limit.aborted && !call.signal.aborted ? timedOut(timeoutMs) : error
  } finally {
    limit.removeEventListener('abort', onLimit)
  }
}

const timedOut = (timeoutMs: number): HostError =>
  new HostError('timeout', `It did not finish within ${timeoutMs / 1000} s and was ended.`)
