import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { tick } from '#daemon/scheduler.ts'
import { processMark } from '#history/process-mark.ts'
import { SlotLedger } from '#history/slot-ledger.ts'
import type { ProcessMark } from '#model/run-record.ts'
import type { Maintenance, Schedule } from '#model/schedule.ts'
import type { Slot } from '#model/slot.ts'
import { scheduleOf } from '../support/schedule.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

const minute = 60_000
const hour = 60 * minute
const start = Date.parse('2026-06-01T00:30Z')

let ledger: SlotLedger
let started: string[]
let ended: string[]
beforeEach(async () => {
  ledger = new SlotLedger(await scratchFolder())
  onTestFinished(() => ledger.close())
  started = []
  ended = []
})

const me = (): ProcessMark => processMark() ?? { host: 'x', pid: 0 }
const dead = (): ProcessMark => ({ ...me(), pid: 2 ** 22 - 1, started: '1' })

function look(after: number, schedules: readonly Schedule[], maintenance: readonly Maintenance[] = []): void {
  tick({
    ledger,
    file: { schedules, maintenance, alerts: [] },
    now: start + after,
    start: (schedule, { at }) => started.push(`${schedule.name} ${(at - start) / hour}`),
    isStarting: () => false,
    end: (slot, how) => ended.push(`${slot.schedule} ${how}`),
  })
}

/** What a started process would do. */
function claim(slot: Pick<Slot, 'schedule' | 'at'>, process: ProcessMark, at = 0): void {
  ledger.claim(slot, { run: 'r1', process, locks: [] }, start + at)
}
const finish = (outcome: string, at: number, attempt = 1, of = hour / 2) =>
  ledger.finish({ schedule: 'nightly', at: start + of, attempt }, { outcome, now: start + at })
const first = { schedule: 'nightly', at: start + hour / 2 }
const alerts = () => ledger.unsent().map(({ kind, text }) => `${kind}: ${text}`)

test('starts what is due, and again until it has begun', () => {
  const schedules = [scheduleOf()]
  look(0, schedules)
  look(29 * minute, schedules)
  expect(started).toEqual([])
  look(30 * minute, schedules)
  look(31 * minute, schedules)
  expect(started).toEqual(['nightly 0.5', 'nightly 0.5'])
  claim(first, me())
  look(32 * minute, schedules)
  expect(started).toHaveLength(2)
})

test('waits for its jitter', () => {
  const schedules = [scheduleOf({ jitter: 20 * minute })]
  look(0, schedules)
  look(30 * minute, schedules)
  expect(started).toEqual([])
  look(50 * minute, schedules)
  expect(started).toEqual(['nightly 0.5'])
})

describe('while the run before goes on', () => {
  const later = (overlap: Schedule['overlap']) => {
    const schedules = [scheduleOf({ overlap })]
    look(0, schedules)
    look(30 * minute, schedules)
    claim(first, me())
    look(90 * minute, schedules)
  }

  test('skip passes over the next time and says so', () => {
    later('skip')
    expect(started).toEqual(['nightly 0.5'])
    expect(alerts()).toEqual([
      'missed: nightly, due 2026-06-01T02:00:00.000Z, was not run: the run before it, due 2026-06-01T01:00:00.000Z, still goes on.',
    ])
  })

  test('queue lets it wait', () => {
    later('queue')
    finish('done', 95 * minute)
    look(96 * minute, [scheduleOf({ overlap: 'queue' })])
    expect(started).toEqual(['nightly 0.5', 'nightly 1.5'])
  })

  test('replace ends it, and then the next begins', () => {
    later('replace')
    expect(ended).toEqual(['nightly in order'])
    finish('replaced', 91 * minute)
    look(92 * minute, [scheduleOf({ overlap: 'replace' })])
    expect(started).toEqual(['nightly 0.5', 'nightly 1.5'])
    expect(alerts()).toEqual([])
  })
})

test('two schedules with one lock take turns', () => {
  const schedules = [scheduleOf({ name: 'a', locks: ['disk'] }), scheduleOf({ name: 'b', locks: ['disk'] })]
  look(0, schedules)
  look(30 * minute, schedules)
  expect(started).toEqual(['a 0.5'])
  claim({ ...first, schedule: 'a' }, me())
  look(31 * minute, schedules)
  ledger.finish({ schedule: 'a', at: first.at, attempt: 1 }, { outcome: 'done', now: start + 32 * minute })
  look(33 * minute, schedules)
  expect(started).toEqual(['a 0.5', 'b 0.5'])
})

test('nothing starts during maintenance; it starts afterwards', () => {
  const window = { name: 'work', cron: '50 0 * * *', zone: 'UTC', duration: 30 * minute }
  look(0, [scheduleOf()], [window])
  look(30 * minute, [scheduleOf()], [window])
  expect(started).toEqual([])
  look(51 * minute, [scheduleOf()], [window])
  expect(started).toEqual(['nightly 0.5'])
})

describe('a run whose process is gone', () => {
  const killed = (retries: number) => {
    const schedules = [scheduleOf({ retries })]
    look(0, schedules)
    look(30 * minute, schedules)
    claim(first, dead())
    look(31 * minute, schedules)
    look(37 * minute, schedules)
  }

  test('is not repeated unless retries allow it, and is told of', () => {
    killed(0)
    expect(started).toEqual(['nightly 0.5'])
    expect(alerts()).toEqual([
      'failure: nightly, due 2026-06-01T01:00:00.000Z, failed: its process was killed. See `tsplay history show r1`.',
    ])
  })

  test('is tried again after its delay', () => {
    killed(1)
    expect(started).toEqual(['nightly 0.5', 'nightly 0.5'])
    expect(alerts()).toEqual([])
  })
})

test('a run that overstays its deadline and does not end in order is ended at once', () => {
  const schedules = [scheduleOf({ deadline: 10 * minute })]
  look(0, schedules)
  look(30 * minute, schedules)
  claim(first, me(), 30 * minute)
  look(40.5 * minute, schedules)
  expect(ended).toEqual([])
  look(42 * minute, schedules)
  expect(ended).toEqual(['nightly at once'])
})

test('a schedule that was taken out of the file starts nothing more', () => {
  look(0, [scheduleOf()])
  look(30 * minute, [scheduleOf({ jitter: 1 })])
  started = []
  look(31 * minute, [])
  expect(started).toEqual([])
  expect(ledger.slot('nightly', first.at)).toMatchObject({ state: 'skipped' })
})

describe('people are told', () => {
  const ran = (outcome: string, of: number) => {
    const schedules = [scheduleOf({ staleAfter: 4 * hour })]
    look(of - hour / 4, schedules)
    look(of, schedules)
    claim({ schedule: 'nightly', at: start + of }, dead())
    finish(outcome, of + minute, 1, of)
    look(of + 2 * minute, schedules)
  }

  test('of a failure, then of the recovery, each once', () => {
    ran('failed', 0.5 * hour)
    ran('done', 1.5 * hour)
    look(1.6 * hour, [scheduleOf()])
    expect(alerts()).toEqual([
      'failure: nightly, due 2026-06-01T01:00:00.000Z, failed: a host failed. See `tsplay history show r1`.',
      'recovery: nightly ended well again.',
    ])
  })

  test('of drift', () => {
    ran('pending', 0.5 * hour)
    expect(alerts()).toEqual(['drift: nightly found hosts that have drifted. See `tsplay history show r1`.'])
  })

  test('when no run has ended well for too long, once', () => {
    ran('done', 0.5 * hour)
    const quiet = [scheduleOf({ cron: '0 0 1 1 *', staleAfter: 4 * hour })]
    for (const after of [4, 5, 6, 7]) look(after * hour, quiet)
    expect(alerts()).toEqual(['stale: nightly last ended well 2026-06-01T01:01:00.000Z.'])
  })
})
