import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { processMark } from '#history/process-mark.ts'
import { SlotLedger } from '#history/slot-ledger.ts'
import type { ProcessMark } from '#model/run-record.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

let folder: string
let ledger: SlotLedger
beforeEach(async () => {
  folder = await scratchFolder()
  ledger = open()
  ledger.decide('a', 100, () => [])
})

function open(): SlotLedger {
  const opened = new SlotLedger(folder)
  onTestFinished(() => opened.close())
  return opened
}

const me = (): ProcessMark => processMark() ?? { host: 'x', pid: 0 }
const dead: ProcessMark = { ...me(), pid: 2 ** 22 - 1, started: '1' }
const claim = (at: number, process = me(), locks: readonly string[] = [], schedule = 'a') =>
  ledger.claim({ schedule, at }, { run: `run-${at}`, process, locks }, 150)
const due = (...times: number[]) => ledger.decide('a', 200, () => times.map((at) => ({ at })))

describe('deciding', () => {
  test('a schedule that is new begins now: nothing of its past is due', () => {
    ledger.decide('new', 500, () => [{ at: 400 }])
    expect(ledger.latest(10, 'new')).toEqual([])
    expect(ledger.since('new')).toBe(500)
  })

  test('asks for the times since the last decision', () => {
    const asked: number[] = []
    for (const now of [200, 300]) {
      ledger.decide('a', now, (from) => {
        asked.push(from)
        return []
      })
    }
    expect(asked).toEqual([100, 200])
  })

  test('a time that is decided twice stands once', () => {
    due(150)
    ledger.decide('a', 300, () => [{ at: 150, skip: 'missed' }])
    expect(ledger.latest(10)).toMatchObject([{ at: 150, state: 'due' }])
  })

  test('nothing is kept when a decision fails in the middle', () => {
    const failing = () => ledger.decide('a', 300, () => [{ at: 150 }, { at: 160.5 }])
    expect(failing).toThrow()
    expect(ledger.latest(10)).toEqual([])
    let from = 0
    ledger.decide('a', 400, (since) => {
      from = since
      return []
    })
    expect(from).toBe(100)
  })

  test('a clock that was ahead takes back what has not begun, and keeps what ran', () => {
    ledger.decide('a', 1000, () => [{ at: 500 }, { at: 600, skip: 'missed' }, { at: 700 }])
    claim(700)
    ledger.decide('a', 300, () => [])
    expect(ledger.latest(10).map(({ at }) => at)).toEqual([700])
    ledger.decide('a', 800, () => [{ at: 500 }, { at: 600 }, { at: 700 }])
    expect(ledger.latest(10).map(({ at, state }) => `${at} ${state}`)).toEqual([
      '700 started',
      '600 due',
      '500 due',
    ])
  })
})

describe('claiming', () => {
  test('one of many gets the slot', () => {
    due(150)
    const others = Array.from({ length: 5 }, open)
    const holder = { run: 'r', process: me(), locks: [] }
    const claims = [ledger, ...others].map((one) => one.claim({ schedule: 'a', at: 150 }, holder, 160).kind)
    expect(claims).toEqual(['claimed', 'gone', 'gone', 'gone', 'gone', 'gone'])
  })

  test('what was passed over or never decided cannot be claimed', () => {
    ledger.decide('a', 200, () => [{ at: 150, skip: 'missed' }])
    expect([claim(150).kind, claim(151).kind]).toEqual(['gone', 'gone'])
  })

  test('a schedule and its locks belong to one living process', () => {
    due(110, 120)
    ledger.decide('b', 100, () => [])
    ledger.decide('b', 200, () => [{ at: 130 }])
    claim(110, me(), ['disk'])
    expect(claim(120)).toEqual({ kind: 'busy', by: `schedule a (process ${process.pid})` })
    expect(claim(130, me(), ['disk'], 'b')).toEqual({
      kind: 'busy',
      by: `lock disk (process ${process.pid})`,
    })
    expect(claim(130, me(), ['net'], 'b').kind).toBe('claimed')
  })

  test('what a dead process held is free', () => {
    due(110, 120)
    claim(110, dead, ['disk'])
    expect(claim(120, me(), ['disk']).kind).toBe('claimed')
  })
})

describe('ending', () => {
  test('an attempt that is over closes its slot; a later one is not touched', () => {
    due(150)
    claim(150)
    ledger.finish({ schedule: 'a', at: 150, attempt: 1 }, { outcome: 'failed', now: 170, retryAt: 300 })
    expect(ledger.slot('a', 150)).toMatchObject({ state: 'due', notBefore: 300, outcome: 'failed' })
    ledger.finish({ schedule: 'a', at: 150, attempt: 1 }, { outcome: 'done', now: 171 })
    expect(ledger.slot('a', 150)).toMatchObject({ state: 'due' })
  })

  test('the last success is that of a run that ended well', () => {
    due(110, 120)
    claim(110, dead)
    ledger.finish({ schedule: 'a', at: 110, attempt: 1 }, { outcome: 'done', now: 170 })
    claim(120, dead)
    ledger.finish({ schedule: 'a', at: 120, attempt: 1 }, { outcome: 'failed', now: 180 })
    expect(ledger.lastSuccess('a')).toBe(170)
    expect(ledger.outcomes('a')).toEqual({ done: 1, failed: 1 })
  })

  test('a start that never came to its claim counts as an attempt, once', () => {
    due(150)
    const [slot] = ledger.open()
    if (!slot) throw new Error('Nothing is due.')
    for (let i = 0; i < 2; i++) ledger.countFailedStart(slot, { outcome: 'x', now: 160, retryAt: 200 })
    expect(ledger.slot('a', 150)).toMatchObject({ state: 'due', attempt: 1, notBefore: 200 })
  })
})

test('a pause ends by itself or by hand', () => {
  ledger.pause('a', 500, 200)
  expect([ledger.isPaused('a', 499), ledger.isPaused('a', 500)]).toEqual([true, false])
  ledger.pause('a', undefined, 200)
  expect(ledger.isPaused('a', 10 ** 12)).toBe(true)
  ledger.resume('a')
  expect(ledger.isPaused('a', 200)).toBe(false)
})

test('an alert is raised once for each key and is gone once it was sent', () => {
  for (let i = 0; i < 2; i++) ledger.raise({ kind: 'stale', schedule: 'a', text: 'old' }, '1', 200)
  ledger.raise({ kind: 'stale', schedule: 'a', text: 'older' }, '2', 300)
  const [first] = ledger.unsent()
  ledger.markSent(first?.id ?? 0, 400)
  expect(open().unsent()).toMatchObject([{ text: 'older' }])
})

test('runs by hand at the same moment stand beside each other', () => {
  const times = [ledger.addManual('a', 500), ledger.addManual('a', 500)]
  expect(times).toEqual([500, 501])
})

test('only one living process has a name', () => {
  expect(ledger.take('daemon', dead)).toBeUndefined()
  expect(ledger.take('daemon', me())).toBeUndefined()
  expect(open().take('daemon', { ...dead, pid: 1 })).toMatchObject({ pid: process.pid })
  ledger.release('daemon')
  expect(ledger.take('daemon', dead)).toBeUndefined()
})

test('what was over long ago is forgotten, but for its counts, the last success and what nobody was told of', () => {
  const end = (at: number, outcome: string, isTold = true) => {
    due(at)
    claim(at, dead)
    ledger.finish({ schedule: 'a', at, attempt: 1 }, { outcome, now: at + 1 })
    const slot = ledger.slot('a', at)
    if (isTold && slot) ledger.report(slot, [{ kind: 'failure', text: `${at}` }], at)
  }
  end(110, 'done')
  end(120, 'done')
  end(130, 'failed')
  end(140, 'failed', false)
  end(150, 'failed')
  for (const { id } of ledger.unsent()) ledger.markSent(id, 160)
  for (const _ of [1, 2]) ledger.prune(1000)
  expect(ledger.latest(10, 'a').map(({ at }) => at)).toEqual([150, 140, 120])
  expect(ledger.outcomes('a')).toEqual({ done: 2, failed: 3 })
  expect(ledger.lastSuccess('a')).toBe(121)
})
