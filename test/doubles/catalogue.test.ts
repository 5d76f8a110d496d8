import { expect, it } from 'vitest'
import { allDoubles, findDouble } from '#doubles/catalogue.ts'
import { doublePrograms, programsOf } from '#doubles/programs.ts'

const doubles = await allDoubles()

it('has a double for each program that the lab may ask for, and no other', () => {
  expect(doubles.map(({ name }) => name).sort()).toEqual(Object.values(doublePrograms).flat().sort())
})

it.each(doubles)('names a source for the behaviour of $name', ({ cites }) => {
  expect(cites.length).toBeGreaterThan(10)
})

it('finds programs by their own name and by that of their family', () => {
  expect(programsOf('mail')).toEqual(['mailq', 'sendmail'])
  expect(programsOf('mailq')).toEqual(['mailq'])
  expect(programsOf('constructor')).toBeUndefined()
})

it('finds a double by its program', async () => {
  expect((await findDouble('zpool'))?.name).toBe('zpool')
  expect(await findDouble('mail')).toBeUndefined()
  expect(await findDouble('constructor')).toBeUndefined()
})
