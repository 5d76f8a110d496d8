import { describe, expect, test } from 'vitest'
import { parseMode } from '#sdk/file-mode.ts'
import { TaskFailure } from '#sdk/module.ts'

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')

describe('parseMode', () => {
  test.each([
    ['0644', '0000', '0644'],
    ['644', '0000', '0644'],
    ['0o755', '0000', '0755'],
    ['02775', '0000', '2775'],
    ['u=rw,g=r,o=', '0777', '0640'],
    ['u+x', '0644', '0744'],
    ['a+X', '0644', '0644'],
    ['a+X', '0744', '0755'],
    ['+x', '0644', '0755'],
    ['+w', '0444', '0644'],
    ['go-rwx', '0755', '0700'],
    ['g=u', '0740', '0770'],
    ['u+s,g+s,+t', '0755', '7755'],
    ['u=rwx', '4755', '0755'],
    ['a=r', '1777', '0444'],
    ['ug+rw-x', '0751', '0661'],
    ['o=g', '0750', '0755'],
  ])('%s on a file of %s gives %s', (mode, current, expected) => {
    expect(octal(parseMode(mode, Number.parseInt(current, 8), false))).toBe(expected)
  })

  test.each([
    ['a+X', '0644', '0755'],
    ['u=rwX,g=rX,o=', '0000', '0750'],
    ['u=rwx', '2755', '2755'],
  ])('%s on a folder of %s gives %s', (mode, current, expected) => {
    expect(octal(parseMode(mode, Number.parseInt(current, 8), true))).toBe(expected)
  })

  test.each([0o644, 0o755, 0o700, 0o2755, 0o1777, 0o600, 0o440, 0])(
    'takes the number %d as it is',
    (mode) => {
      expect(parseMode(mode, 0, false)).toBe(mode)
    },
  )

  test.each([644, 755, 600, 777, 1777, -1, 0o10000])('refuses the decimal number %d', (mode) => {
    expect(() => parseMode(mode, 0, false)).toThrow(TaskFailure)
  })

  test.each(['', 'rw', 'u=q', '9', '0999', '077777', 'u', 'x+u', 'u=rw;g=r'])('refuses "%s"', (mode) => {
    expect(() => parseMode(mode, 0, false)).toThrow(/is not a file mode/)
  })
})
