import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventJson, readEvent } from '#history/event-json.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import { taskEnd } from '../support/run-record.ts'

const withAfter = (after: unknown) => taskEnd('a', 't', { changes: [{ field: 'f', before: null, after }] })

const readBack = (after: unknown): unknown => {
  const event = readEvent(eventJson(withAfter(after)))
  return event?.type === 'task' ? event.changes[0]?.after : undefined
}

test.each<[string, unknown, unknown]>([
  ['a large whole number is kept as text', 2n ** 60n, '1152921504606846976'],
  ['a small whole number is a number', 7n, 7],
  ['a mapping is an object', new Map([['a', 1]]), { a: 1 }],
  ['a secret is three stars', new Secret('hidden-text'), '***'],
])('%s', (_, given, expected) => {
  expect(readBack(given)).toEqual(expected)
})

test('what was unknown is unknown again, with its reason', () => {
  expect(readBack(new Unknown('the first task'))).toEqual(new Unknown('the first task'))
})

test('any text comes back as it was and takes one line', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const text = String.fromCharCode(...units)
      const line = eventJson({ type: 'warning', message: `${text}\u2028\u2029\r\n` })
      expect(line.split(/\r?\n|\r|\u2028|\u2029/)).toHaveLength(1)
      expect(readEvent(line)).toEqual({ type: 'warning', message: `${text}\u2028\u2029\r\n` })
    }),
  )
})

test.each(['', '{"type":"warning","mess', 'null', '{"type":"record"}', '[]'])('%j is no event', (line) => {
  expect(readEvent(line)).toBeUndefined()
})
