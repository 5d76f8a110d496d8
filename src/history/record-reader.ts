import { open } from 'node:fs/promises'
import type { Recap, RunEvent, RunStart } from '#model/event.ts'
import { readEvent } from './event-json.ts'
import { type RecordHead, readHead } from './record-head.ts'

/** The events of a record, in order. Lines that a crash left in halves are passed over. */
export async function* recordedEvents(path: string): AsyncGenerator<RunEvent> {
  for await (const line of linesOf(path)) {
    const event = readEvent(line)
    if (event) yield event
  }
}

/** The few lines of a record that say what the run was and how it ended. */
export interface RecordEnds {
  readonly head: RecordHead | undefined
  readonly start: RunStart | undefined
  readonly recap: Recap | undefined
}

/** Reads a record without taking apart the lines between its ends, which may be hundreds of thousands. */
export async function recordEnds(path: string): Promise<RecordEnds> {
  let head: RecordHead | undefined
  let start: RunStart | undefined
  let recap: Recap | undefined
  let first = true
  for await (const line of linesOf(path)) {
    if (first) head = readHead(line)
    first = false
    const event = mayBeEnd.test(line) ? readEvent(line) : undefined
    if (event?.type === 'run_start') start ??= event
    if (event?.type === 'recap') recap = event
  }
  return { head, start, recap }
}

/** Only a hint: output of a command may hold these words too. */
const mayBeEnd = /"type":"(?:recap|run_start)"/

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = await open(path)
  try {
    yield* file.readLines({ encoding: 'utf8' })
  } finally {
    await file.close()
  }
}
