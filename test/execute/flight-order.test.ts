import { expect, test } from 'vitest'
import { inSlots, type Ordered } from '#execute/flight-order.ts'

const path = (name: string) => [{ kind: 'path', name } as const]
const named = (name: string, rest: Omit<Ordered, 'concerns'>) => ({ name, concerns: path(name), ...rest })
const read = (name: string) => named(name, { kind: 'read' })
const write = (name: string, ahead = false) => named(name, { kind: 'write', ahead })
const order = (given: readonly ReturnType<typeof named>[]) =>
  inSlots(given)
    .flat()
    .map(({ kind, name }) => `${kind} ${name}`)

test('what was asked before or after the first write is answered as things are behind it', () => {
  expect(order([read('/a'), write('/a'), read('/b')])).toEqual(['write /a', 'read /a', 'read /b'])
})

test('a read goes behind writes sent ahead that leave alone what it reads, so that reads meet', () => {
  expect(order([write('/a'), read('/a'), write('/b', true), read('/b')])).toEqual([
    'write /a',
    'write /b',
    'read /a',
    'read /b',
  ])
})

test('a read stays before a later write of what it reads, and behind an earlier one', () => {
  const given = [write('/a'), read('/a'), write('/a', true), read('/a'), write('/a', true), read('/a')]
  expect(order(given)).toEqual(given.map(({ kind, name }) => `${kind} ${name}`))
})

test('notes come first', () => {
  expect(order([write('/a'), named('/b', { kind: 'note' })])).toEqual(['note /b', 'write /a'])
})
