import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StepResult, TestResult } from '#model/test-result.ts'
import { testReport } from '#report/test-report.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

const name = { role: 'web', scenario: 'default', suite: 'bookworm' }

const steps: readonly StepResult[] = [
  { step: 'create', verdict: 'passed', durationMs: 1500, note: 'web1', problems: [], remarks: [] },
  {
    step: 'agreement',
    verdict: 'passed',
    durationMs: 1,
    problems: [],
    remarks: ['unknown to the plan: <x>'],
  },
  {
    step: 'again',
    verdict: 'failed',
    durationMs: 200,
    problems: [{ title: '[web1] Write <it> changed', details: ['mode: 0644 → 0600'] }],
    remarks: [],
  },
  { step: 'verify', verdict: 'skipped', durationMs: 0, problems: [], remarks: [] },
]

const result: TestResult = {
  ...name,
  verdict: 'failed',
  steps,
  durationMs: 3000,
  kept: { lab: 'test-web', inventory: '.tsplay/lab/test-web/inventory.yml' },
}

interface Output {
  readonly format?: 'text' | 'json'
  readonly quiet?: boolean
  readonly junitFiles?: readonly string[]
}

async function report({ format = 'text', quiet = false, junitFiles = [] }: Output) {
  const terminal = memoryTerminal()
  const shown = testReport({ format, quiet, junitFiles }, terminal)
  shown.begin([name])
  shown.progress(name, 'Starting web1')
  for (const step of steps.filter(({ verdict }) => verdict !== 'skipped')) shown.step(name, step)
  shown.result(result)
  await shown.end([result])
  return { out: terminal.stdout.text, said: terminal.stderr.text }
}

describe('the report of tests', () => {
  it('says each step, what is wrong with it, what stays, and the sum', async () => {
    const { out } = await report({})
    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      'web/default bookworm  Starting web1 …',
      'web/default bookworm  create     ok        1.5s  web1',
      'web/default bookworm  agreement  ok',
      '    unknown to the plan: <x>',
      'web/default bookworm  again      FAILED   200ms',
      '    [web1] Write <it> changed',
      '        mode: 0644 → 0600',
      '    Its hosts stay up: tsplay lab ssh --lab test-web HOST, or -i .tsplay/lab/test-web/inventory.yml',
      '    Take them down with tsplay lab down --lab test-web',
      '',
      'TEST         SUITE     CREATE  PREPARE  PLAN  CONVERGE  AGREEMENT  AGAIN   VERIFY  TIME  RESULT',
      'web/default  bookworm  1.5s    -        -     -         1 unknown  FAILED  -       3.0s  failed',
      '',
      '1 test: 0 passed, 1 failed.',
      '',
    ])
  })

  it('says only what is wrong when it is to be quiet', async () => {
    const { out } = await report({ quiet: true })
    expect(out).toMatch(/^web\/default bookworm {2}again {6}FAILED/)
    expect(out).not.toContain('TEST')
  })

  it('is one JSON object per line, the sum last', async () => {
    const { out } = await report({ format: 'json' })
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ type, step, verdict }) => [type, step, verdict])).toEqual([
      ['step', 'create', 'passed'],
      ['step', 'agreement', 'passed'],
      ['step', 'again', 'failed'],
      ['test', undefined, 'failed'],
      ['tests', undefined, undefined],
    ])
    expect(lines.at(-1)).toEqual({ type: 'tests', passed: 0, failed: 1, interrupted: 0 })
  })

  it('is a JUnit file with a suite for each test and a case for each step', async () => {
    const file = join(await scratchFolder(), 'deep/report.xml')
    await report({ junitFiles: [file] })
    const xml = await readFile(file, 'utf8')
    expect(xml).toContain(
      '<testsuite name="web/default bookworm" tests="4" failures="1" errors="0" skipped="1" time="3.000">',
    )
    expect(xml).toContain('<testcase name="create" classname="web.default.bookworm" time="1.500"/>')
    expect(xml).toContain('<failure message="[web1] Write &lt;it&gt; changed">')
    expect(xml).toContain('<skipped/>')
  })

  it('goes on when a file cannot be written', async () => {
    const { out, said } = await report({ junitFiles: ['/dev/null/report.xml'] })
    expect(said).toContain('A report stopped:')
    expect(out).toContain('1 test:')
  })
})
