import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { whileHeard } from '#transport/patience.ts'

describe('leaving a host', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** Seconds after which `whileHeard` came back, on a host of which so much was heard after so many seconds. */
  async function patience(heard: (seconds: number) => number, work: Promise<void>): Promise<number> {
    const begun = Date.now()
    const seconds = () => (Date.now() - begun) / 1000
    const left = whileHeard(() => heard(seconds()), work).then(seconds)
    await vi.advanceTimersByTimeAsync(60_000)
    return await left
  }
  const never = new Promise<void>(() => undefined)
  const lasting = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

  it('waits for nothing longer than it takes', async () => {
    expect(await patience(() => 0, lasting(1500))).toBe(1.5)
  })

  it('gives up a host that says nothing for four seconds', async () => {
    expect(await patience(() => 0, never)).toBe(4)
    expect(await patience((seconds) => Math.min(Math.ceil(seconds), 6), never)).toBe(12)
  })

  it('waits for a slow host as long as it is heard', async () => {
    expect(await patience(Math.ceil, lasting(13_000))).toBe(13)
  })

  it('waits no longer than twenty seconds for a host that never stops talking', async () => {
    expect(await patience(Math.ceil, never)).toBe(20)
  })
})
