import { expect, test } from 'vitest'
import { parseCron } from '#daemon/cron-expression.ts'

const list = (values: ReadonlySet<number>) => [...values].sort((a, b) => a - b)

test.each([
  ['0 2 * * sun', { minutes: [0], hours: [2], weekdays: [0] }],
  ['0 2 * * 7', { weekdays: [0] }],
  ['*/20 1-3 * * mon-fri', { minutes: [0, 20, 40], hours: [1, 2, 3], weekdays: [1, 2, 3, 4, 5] }],
  ['5,10-12 0 1 JAN,jul *', { minutes: [5, 10, 11, 12], days: [1], months: [1, 7] }],
  ['10-30/10 * * * *', { minutes: [10, 20, 30] }],
  ['@weekly', { minutes: [0], hours: [0], weekdays: [0] }],
  ['  0\t4  *  *  * ', { minutes: [0], hours: [4] }],
  ['0 0 29 2 *', { days: [29], months: [2] }],
])('reads %j', (text, expected) => {
  const times = parseCron(text)
  if ('problem' in times) throw new Error(times.problem)
  const read = { ...times, everyHour: undefined }
  for (const [field, values] of Object.entries(expected)) {
    expect(list(new Set(Reflect.get(read, field))), field).toEqual(values)
  }
})

test.each([
  ['0 25 * * sun', 'The hour "25" is wrong: it goes from 0 to 23.', '25'],
  ['60 2 * * *', 'The minute "60" is wrong', '60'],
  ['0 2 * * funday', 'it goes from 0 to 7', 'funday'],
  ['0 2 30 2 *', 'There is no day 30 in month 2.', '0 2 30 2 *'],
  ['0 2 1 * sun', 'both the day of the month and the day of the week', '0 2 1 * sun'],
  ['0 2 * *', 'It has 4 fields.', '0 2 * *'],
  ['0 0 2 * * *', 'It has 6 fields.', '0 0 2 * * *'],
  ['@reboot', 'It has 1 field.', '@reboot'],
  ['0 22-2 * * *', 'the range ends before it begins', '22-2'],
  ['0/5 * * * *', 'a step needs a range', '0/5'],
  ['*/0 * * * *', 'a step of 0', '*/0'],
  ['0 2 L * *', 'it goes from 1 to 31', 'L'],
  ['0 2 ? * *', '"?" is no number, range or step', '?'],
  ['', 'It has 0 fields.', ''],
])('refuses %j', (text, problem, place) => {
  const times = parseCron(text)
  if (!('problem' in times)) throw new Error('It was taken.')
  expect(times.problem).toContain(problem)
  expect(text.slice(times.at, times.at + times.length)).toBe(place)
  expect(times.remedy).toMatch(/\.$/)
})
