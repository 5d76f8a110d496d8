import { isAlive, processMark } from '#history/process-mark.ts'
import { runId } from '#history/run-id.ts'
import { SlotLedger } from '#history/slot-ledger.ts'
import type { ProcessMark } from '#model/run-record.ts'
import { stateFolder } from './state-folder.ts'

/** What became of the times of the schedules of a project. */
export type Ledger = SlotLedger

/** The ledger of the project in the working folder. */
export const openLedger = (): Ledger => new SlotLedger(stateFolder())

export const isRunning = (process: ProcessMark): boolean => isAlive(process)

/** The mark of this process. */
export function thisProcess(): ProcessMark {
  const mark = processMark()
  if (!mark) throw new Error('This process cannot see itself.')
  return mark
}

export const newRunId = (): string => runId(new Date())
