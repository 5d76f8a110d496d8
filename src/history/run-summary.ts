import type { ProcessMark, RunOrigin, RunSummary } from '#model/run-record.ts'
import { isAlive } from './process-mark.ts'
import type { RecordEnds } from './record-reader.ts'

/** What the index keeps of a run. Whether its process is alive is asked when it is read. */
export interface IndexedRun extends Omit<RunSummary, 'state'> {
  readonly closed: boolean
  readonly process?: ProcessMark
}

/** @param writtenAt when the record was last written, milliseconds since 1970 */
export function indexedRun(id: string, ends: RecordEnds, writtenAt: number): IndexedRun | undefined {
  const { head, start, recap } = ends
  const time = head?.time ?? start?.time
  if (time === undefined) return undefined
  return {
    ...originOf(ends),
    id,
    user: head?.user ?? '',
    startedAt: Date.parse(time),
    endedAt: writtenAt,
    ...(recap && { exitCode: recap.exitCode }),
    interrupted: recap?.interrupted ?? false,
    hosts: recap?.hosts ?? {},
    closed: recap !== undefined,
    ...(head?.process && { process: head.process }),
  }
}

/** Records of tsplay 0.1 have no head. */
function originOf({ head, start }: RecordEnds): RunOrigin {
  if (!head) return { command: 'run', mode: start?.mode ?? 'apply', playbooks: start?.playbooks ?? [] }
  const { command, mode, playbooks, pattern, limit, due } = head
  return {
    command,
    mode,
    playbooks,
    ...(pattern !== undefined && { pattern }),
    ...(limit !== undefined && { limit }),
    ...(due && { due }),
  }
}

export function runSummary({ closed, process, ...run }: IndexedRun): RunSummary {
  if (closed) return { ...run, state: 'ended' }
  return { ...run, state: process && isAlive(process) ? 'running' : 'lost' }
}
