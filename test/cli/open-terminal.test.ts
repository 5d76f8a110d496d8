import { describe, expect, it } from 'vitest'
import { terminalOpener, wantsColor } from '#cli/open-terminal.ts'

describe('wantsColor', () => {
  it.each([
    ['auto', {}, true, true],
    ['auto', {}, false, false],
    ['auto', { NO_COLOR: '1' }, true, false],
    ['auto', { NO_COLOR: '' }, true, true],
    ['auto', { FORCE_COLOR: '1' }, false, true],
    ['auto', { FORCE_COLOR: '' }, false, true],
    ['auto', { FORCE_COLOR: '0' }, true, false],
    ['auto', { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    ['always', { NO_COLOR: '1' }, false, true],
    ['never', { FORCE_COLOR: '1' }, true, false],
  ] as const)('--color %s with %j on a terminal (%s) gives %s', (choice, env, isTerminal, wants) => {
    expect(wantsColor(choice, env, isTerminal)).toBe(wants)
  })
})

it('a terminal that does not know its size is taken for one of 80 columns and 24 lines', () => {
  const { columns, rows } = process.stdout
  Object.assign(process.stdout, { columns: 0, rows: 0 })
  try {
    expect(terminalOpener({})('auto')).toMatchObject({ columns: 80, rows: 24 })
  } finally {
    Object.assign(process.stdout, { columns, rows })
  }
})
