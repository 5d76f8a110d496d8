import { expect, test } from 'vitest'
import { hidden, tainted, withheld } from '#execute/no-log.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'

const outcome = {
  status: 'failed',
  changed: true,
  changes: [{ field: 'content', before: 'old', after: 'new' }],
  diffs: [{ path: '/f', before: 'old', after: 'new' }],
  durationMs: 5,
  msg: 'classified',
  rc: 1,
  stdout: 'classified',
  stderr: 'classified',
  remedy: 'classified',
  warnings: ['classified'],
  data: { x: 'classified' },
  attempts: 2,
  ignored: true,
} as const

test('keeps the verdict and hides everything that has words', () => {
  const found = { outcome, registered: { stdout: 'classified', rc: 1 }, effects: [], results: ['classified'] }
  const result = withheld(found, () => undefined)
  expect(result.outcome).toEqual({
    status: 'failed',
    changed: true,
    changes: [],
    diffs: [],
    durationMs: 5,
    noLog: true,
    msg: hidden,
    attempts: 2,
    ignored: true,
  })
  expect(result.results).toEqual([hidden])
  expect(JSON.stringify(result)).not.toContain('classified')
})

test('hides twice as once', () => {
  const once = withheld({ outcome, registered: { a: ['classified'] }, effects: [] }, () => undefined)
  expect(withheld(once, () => undefined)).toEqual(once)
})

test('makes secrets of the texts of a register, at any depth, and leaves the rest as it is', () => {
  const told: string[] = []
  const unknown = new Unknown('t')
  const value = { a: 'long text', b: ['yes', 1, true, null], c: { d: unknown } }
  const result = tainted(value, (text) => told.push(text))
  expect(result).toEqual({
    a: new Secret('long text'),
    b: [new Secret('yes'), 1, true, null],
    c: { d: unknown },
  })
  expect(told).toEqual(['long text'])
})

test('makes no secret of what the engine itself says', () => {
  const told: string[] = []
  const item = {
    changed: true,
    changes: [{ field: 'command', before: 'not run', after: 'run' }],
    ansible_loop_var: 'item',
    state: 'file',
    stdout: 'classified',
  }
  const found = { outcome, registered: { changed: true, skip_reason: 'No.', results: [item] }, effects: [] }
  const { registered } = withheld(found, (text) => told.push(text))
  expect(told).toEqual(['classified'])
  expect(registered).toEqual({
    changed: true,
    skip_reason: 'No.',
    results: [
      {
        changed: true,
        changes: [],
        ansible_loop_var: 'item',
        state: 'file',
        stdout: new Secret('classified'),
      },
    ],
  })
})
