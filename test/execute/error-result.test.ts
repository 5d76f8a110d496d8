import { expect, test } from 'vitest'
import { errorResult } from '#execute/error-result.ts'
import { EvaluationError, UndefinedName, UnknownValue } from '#model/evaluation-error.ts'
import { HostError } from '#model/host-error.ts'
import { Unknown } from '#model/unknown.ts'
import { TaskFailure } from '#sdk/module.ts'

const output = { rc: 3, stdout: 'out', stderr: 'err', command: 'make' }

test.each([
  [
    'a command that failed',
    new HostError('command-failed', 'no', output),
    { status: 'failed', msg: 'no', rc: 3 },
  ],
  ['a host that cannot be reached', new HostError('unreachable', 'no road'), { status: 'unreachable' }],
  ['a login that is refused', new HostError('authentication', 'no key'), { status: 'unreachable' }],
  ['a time limit', new HostError('timeout', 'late'), { status: 'failed' }],
  [
    'what a module finds impossible',
    new TaskFailure('cannot', { rc: 4, stdout: 'x' }),
    { status: 'failed', rc: 4, stdout: 'x', msg: 'cannot' },
  ],
  [
    'a wrong expression',
    new EvaluationError('bad', undefined, { remedy: 'good' }),
    { status: 'failed', msg: 'bad', remedy: 'good' },
  ],
  ['a missing name', new UndefinedName('x', 'no x'), { status: 'failed', msg: 'no x' }],
  ['an unknown value', new UnknownValue('first task'), { status: 'unknown', because: 'first task' }],
  [
    'an interruption',
    new DOMException('stop', 'AbortError'),
    { status: 'failed', msg: 'The run was interrupted.' },
  ],
])('makes of %s a result', (_, error, outcome) => {
  expect(errorResult(error).outcome).toMatchObject({ ...outcome, changed: false, changes: [] })
})

test('registers what a command said, and that its host was unreachable', () => {
  expect(errorResult(new HostError('command-failed', 'no', output)).registered).toMatchObject({
    failed: true,
    rc: 3,
    stdout: 'out',
    stderr: 'err',
    msg: 'no',
  })
  expect(errorResult(new HostError('unreachable', 'no')).registered).toMatchObject({
    failed: false,
    unreachable: true,
  })
  expect(errorResult(new UnknownValue('x')).registered).toEqual(new Unknown('x'))
})

test('throws on what is a bug', () => {
  const bug = new RangeError('bug')
  expect(() => errorResult(bug)).toThrow(bug)
})
