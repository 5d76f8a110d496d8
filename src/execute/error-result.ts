import { EvaluationError, UnknownValue } from '#model/evaluation-error.ts'
import { HostError, unreachableReasons } from '#model/host-error.ts'
import { Unknown } from '#model/unknown.ts'
import { TaskFailure } from '#sdk/module.ts'
import { plainResult, type TaskResult } from './task-result.ts'

/**
 * What an error means for the task it happened in. Errors that are neither the user's nor the host's are bugs
 * and are thrown on.
 */
export function errorResult(error: unknown): TaskResult {
  if (error instanceof UnknownValue) return unknownResult(error.because)
  if (error instanceof HostError) return hostErrorResult(error)
  if (error instanceof TaskFailure) return taskFailureResult(error)
  // The signal of the run: whatever waited for something stops.
  if (error instanceof Error && error.name === 'AbortError') {
    return plainResult('failed', { msg: 'The run was interrupted.' })
  }
  if (error instanceof EvaluationError) {
    return plainResult('failed', {
      msg: error.message,
      ...(error.range ? { range: error.range } : {}),
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    })
  }
  throw error
}

/** Check mode cannot tell, because the named task was not carried out. */
export function unknownResult(because: string): TaskResult {
  const result = plainResult('unknown', {
    because,
    msg: `It depends on "${because}", which was not carried out.`,
  })
  return { ...result, registered: new Unknown(because) }
}

function hostErrorResult(error: HostError): TaskResult {
  const { details, reason, message } = error
  const { rc, stdout, stderr, remedy, command } = details
  return plainResult(unreachableReasons.has(reason) ? 'unreachable' : 'failed', {
    msg: message,
    ...(rc === undefined ? {} : { rc }),
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(command === undefined ? {} : { data: { cmd: command, reason } }),
    registered: { reason, rc, stdout, stderr },
  })
}

function taskFailureResult({ message, data }: TaskFailure): TaskResult {
  const { rc, stdout, stderr } = data
  return plainResult('failed', {
    msg: message,
    data,
    ...(typeof rc === 'number' ? { rc } : {}),
    ...(typeof stdout === 'string' ? { stdout } : {}),
    ...(typeof stderr === 'string' ? { stderr } : {}),
    registered: data,
  })
}
