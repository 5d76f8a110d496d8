import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { delayed } from '#lab/delayed.ts'

describe('a road with latency', () => {
  it('carries all bytes in their order, however many', async () => {
    const road = delayed(5)
    const arrived = text(road)
    const sent = Array.from({ length: 3000 }, (_, n) => `${n}:${'x'.repeat(2048)};`)
    for (const part of sent) if (!road.write(part)) await once(road, 'drain')
    road.end()
    expect(await arrived).toBe(sent.join(''))
  })

  it('lets nothing arrive before its time', async () => {
    const road = delayed(40)
    const start = performance.now()
    road.write('a')
    await once(road, 'data')
    // Node.js' timers may be a millisecond early by this clock.
    expect(performance.now() - start).toBeGreaterThan(38)
    road.destroy()
  })
})
