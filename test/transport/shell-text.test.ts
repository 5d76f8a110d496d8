import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameText, quoted } from '#transport/shell-text.ts'

describe('a quoted word', () => {
  it('comes out of a shell as it went in', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 50 }).filter((text) => !text.includes('\0'))
    fc.assert(
      fc.property(fc.array(word, { minLength: 50, maxLength: 50 }), (words) => {
        const script = words.map((text) => `printf '%s\\0' ${quoted(text)}`).join('\n')
        const out = execFileSync('/bin/sh', { input: script, encoding: 'utf8' })
        expect(out.split('\0').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 20 },
    )
  })
})

describe('a frame', () => {
  it('says its process number only when it has a time limit', () => {
    expect(frameText({ script: 'id' }, 'n', 1)).not.toContain('start')
    expect(frameText({ script: 'id', timeoutMs: 1 }, 'n', 1)).toContain('start')
  })

  it('exports its environment before the script', () => {
    expect(frameText({ script: 'id', env: { A: "x'y" } }, 'n', 1)).toContain(
      "( export A='x'\\''y'; eval 'id' )",
    )
  })
})
