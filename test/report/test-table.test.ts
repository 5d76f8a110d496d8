import { describe, expect, it } from 'vitest'
import type { StepResult, TestResult, TestStep } from '#model/test-result.ts'
import { createStyle } from '#report/style.ts'
import { testTable } from '#report/test-table.ts'

const step = (name: TestStep, more: Partial<StepResult> = {}): StepResult => ({
  step: name,
  verdict: 'passed',
  durationMs: 1500,
  problems: [],
  remarks: [],
  ...more,
})

const result = (more: Partial<TestResult>): TestResult => ({
  role: 'web',
  scenario: 'default',
  suite: 'bookworm',
  verdict: 'passed',
  steps: [],
  durationMs: 9000,
  ...more,
})

describe('the table of tests', () => {
  it('has a row for each test and a column for each step', () => {
    const passed = [step('create'), step('agreement', { remarks: ['x', 'y'] }), step('again')]
    const failed = [
      step('create'),
      step('converge', { verdict: 'failed' }),
      step('verify', { verdict: 'skipped' }),
    ]
    const rows = [
      result({ steps: passed }),
      result({ scenario: 'drifted', steps: failed, verdict: 'failed' }),
    ]
    expect(testTable(rows, createStyle(false))).toBe(
      [
        'TEST         SUITE     CREATE  PREPARE  PLAN  CONVERGE  AGREEMENT  AGAIN  VERIFY  TIME  RESULT',
        'web/default  bookworm  1.5s    -        -     -         2 unknown  1.5s   -       9.0s  passed',
        'web/drifted  bookworm  1.5s    -        -     FAILED    -          -      -       9.0s  failed',
        '',
      ].join('\n'),
    )
  })

  it('keeps its columns when it is coloured', () => {
    const text = testTable([result({ steps: [step('create')] })], createStyle(true))
    expect(text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '')).toBe(
      testTable([result({ steps: [step('create')] })], createStyle(false)),
    )
  })
})
