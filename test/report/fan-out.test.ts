import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Redactor } from '#base/redactor.ts'
import type { Listener, RunEvent } from '#model/event.ts'
import { fanOut } from '#report/fan-out.ts'
import { recap, taskEnd } from '../support/events.ts'

function listener(): Listener & { heard: RunEvent[]; closed: number } {
  return {
    heard: [],
    closed: 0,
    on(event) {
      this.heard.push(event)
    },
    async close() {
      this.closed += 1
    },
  }
}

describe('fanOut', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tells every listener everything and closes it', async () => {
    const [a, b] = [listener(), listener()]
    const all = fanOut([a, b], new Redactor(), () => undefined)
    all.on(taskEnd('web1'))
    all.on(recap())
    await all.close()
    expect([a.heard.length, b.heard.length, a.closed, b.closed]).toEqual([2, 2, 1, 1])
  })

  it('goes on without a listener that throws, and says so once', async () => {
    const good = listener()
    const bad: Listener = {
      on() {
        throw new Error('disk full')
      },
      close: () => Promise.reject(new Error('still full')),
    }
    const complaints: string[] = []
    const all = fanOut([bad, good], new Redactor(), (message) => complaints.push(message))
    all.on(taskEnd('web1'))
    all.on(taskEnd('web2'))
    await all.close()
    expect(good.heard.length).toBe(2)
    expect(complaints).toEqual(['A report stopped: disk full'])
  })

  it('leaves a listener behind that does not finish', async () => {
    const stuck: Listener = { on: () => undefined, close: () => new Promise(() => undefined) }
    const complaints: string[] = []
    const closing = fanOut([stuck], new Redactor(), (message) => complaints.push(message)).close()
    await vi.advanceTimersByTimeAsync(10_000)
    await closing
    expect(complaints).toEqual(['A report stopped: It did not finish writing in time.'])
  })

  it('hides secrets for all of them', () => {
    const redactor = new Redactor()
    redactor.add('hunter22')
    const one = listener()
    fanOut([one], redactor, () => undefined).on(taskEnd('web1', { msg: 'hunter22' }))
    expect(one.heard[0]).toMatchObject({ msg: '***' })
  })
})
