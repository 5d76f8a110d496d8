import { expect, test } from 'vitest'
import { nearest } from '#base/did-you-mean.ts'

test.each<[string, string[], string | undefined]>([
  ['nmae', ['name', 'state'], 'name'],
  ['ignore_error', ['ignore_errors', 'name'], 'ignore_errors'],
  ['Name', ['name'], 'name'],
  ['rc', ['rcs', 'stdout'], 'rcs'],
  ['b', ['a'], undefined],
  ['foo', ['completely', 'else'], undefined],
  ['name', ['name'], undefined],
  ['x', [], undefined],
  ['', ['a'], undefined],
])('%s among %j is %s', (word, candidates, found) => expect(nearest(word, candidates)).toBe(found))
