import { expect, test } from 'vitest'
import { parseKeepRule } from '#backups/keep-rule.ts'

test.each([
  ['last=1,weekly=4,monthly=3', { last: 1, weekly: 4, monthly: 3 }],
  ['keep-last=1,keep-yearly=2', { last: 1, yearly: 2 }],
  [' daily = 7 , hourly=0', { daily: 7, hourly: 0 }],
])('reads %s', (text, rule) => {
  expect(parseKeepRule(text)).toEqual(rule)
})

test.each([
  ['', '"" is no part of a rule'],
  ['last', '"last" is no part of a rule'],
  ['fortnightly=2', '"fortnightly=2" is no part of a rule'],
  ['last=-1', '"last=-1" is no part of a rule'],
  ['last=1,last=2', '"last" is given twice.'],
  ['last=0,daily=0', '"last=0,daily=0" keeps no backup at all.'],
])('refuses "%s" and says what a rule is', (text, problem) => {
  const rule = parseKeepRule(text)
  expect(rule).toMatchObject({
    problem: expect.stringContaining(problem),
    remedy: expect.stringMatching(/\w/),
  })
})
