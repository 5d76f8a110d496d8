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

describe('a chain of frames', () => {
  const link = (script: string, position: number, guard?: string) => ({
    script,
    chain: { id: 'c1', position, ...(guard === undefined ? {} : { guard }) },
  })
  /** What the shell says of each frame: its output, and its exit code or `-`. */
  const run = (frames: readonly Parameters<typeof frameText>[0][]) => {
    const input = frames.map((frame, i) => frameText(frame, 'n', i)).join('')
    const out = execFileSync('/bin/sh', { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })
    return out
      .split('\x1en end ')
      .map((part) => part.trim())
      .filter((part) => part !== '')
  }

  it('runs each frame when the one before it ended with 0', () => {
    expect(run([link('echo a', 0), link('echo b', 1)])).toEqual(['a', '0 0\nb', '1 0'])
  })

  it('ends at the first that fails', () => {
    const frames = [link('exit 3', 0), link('echo b', 1), link('echo c', 2)]
    expect(run(frames)).toEqual(['0 3', '1 -', '2 -'])
  })

  it('ends where a guard does not hold, and runs nothing behind it', () => {
    const frames = [link(':', 0), link('echo b', 1, 'false'), link('echo c', 2, 'true')]
    expect(run(frames)).toEqual(['0 0', '1 -', '2 -'])
  })

  it('compares with what the shell has kept', () => {
    const kept = { script: 'echo one; echo two', keepAs: '_k0' }
    const same = link('echo same', 1, '[ "$(echo one; echo two)" = "$_k0" ]')
    const other = link('echo other', 2, '[ "$(echo three)" = "$_k0" ]')
    expect(run([kept, link(':', 0), same, other])).toEqual(['0 0', '1 0\nsame', '2 0', '3 -'])
  })

  it('does not go on in another shell, where its first frame never was', () => {
    expect(run([link('echo b', 1)])).toEqual(['0 -'])
  })

  it('does not go on behind a frame that never came', () => {
    expect(run([link(':', 0), link('echo c', 2)])).toEqual(['0 0', '1 -'])
  })

  it('leaves frames that are not part of it alone', () => {
    expect(run([link('exit 1', 0), { script: 'echo read' }])).toEqual(['0 1\nread', '1 0'])
  })
})
