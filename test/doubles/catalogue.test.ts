import { expect, it } from 'vitest'
import { doubles } from '#doubles/catalogue.ts'
import { doublePrograms, programsOf } from '#doubles/programs.ts'

it('has a double for each program that the lab may ask for, and no other', () => {
  expect([...doubles.keys()].sort()).toEqual(Object.values(doublePrograms).flat().sort())
})

it.each([...doubles.values()])('names a source for the behaviour of $name', ({ cites }) => {
  expect(cites.length).toBeGreaterThan(10)
})

it('finds programs by their own name and by that of their family', () => {
  expect(programsOf('mail')).toEqual(['mailq', 'sendmail'])
  expect(programsOf('mailq')).toEqual(['mailq'])
  expect(programsOf('constructor')).toBeUndefined()
})
