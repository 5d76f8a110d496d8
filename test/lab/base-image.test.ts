import { describe, expect, it } from 'vitest'
import { imageKey } from '#lab/base-image.ts'

describe('the key of a base image', () => {
  it('keeps images of different releases and machines apart', () => {
    expect(imageKey('bookworm', 'x64')).toBe(imageKey('bookworm', 'x64'))
    expect(
      new Set([imageKey('bookworm', 'x64'), imageKey('trixie', 'x64'), imageKey('bookworm', 'arm64')]).size,
    ).toBe(3)
  })
})
