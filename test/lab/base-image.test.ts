import { describe, expect, it } from 'vitest'
import { imageKey } from '#lab/base-image.ts'

describe('the key of a base image', () => {
  it('keeps images of different releases, inits and machines apart', () => {
    const key = () => imageKey('bookworm', 'systemd', 'x64')
    expect(key()).toBe(key())
    const all = [key(), imageKey('trixie', 'systemd', 'x64'), imageKey('bookworm', 'sysvinit', 'x64')]
    expect(new Set([...all, imageKey('bookworm', 'systemd', 'arm64')]).size).toBe(4)
  })
})
