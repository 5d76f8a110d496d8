import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { HistoryRequest } from '#app/history-request.ts'
import { showHistory } from '#app/show-history.ts'
import { inFolder } from '../support/in-folder.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'
import { origin, recapOf, taskEnd, writeRecord } from '../support/run-record.ts'

const output = {
  format: 'text' as const,
  junitFiles: [],
  quiet: false,
  verbosity: 0,
  diff: false,
}

async function ask(request: HistoryRequest) {
  const terminal = memoryTerminal({ columns: 100 })
  const { exitReason } = await showHistory(request, terminal, new AbortController().signal)
  return { exitReason, out: terminal.stdout.text, err: terminal.stderr.text }
}

let state: string
beforeEach(async () => {
  state = join(await inFolder({}), '.tsplay')
  const start = { type: 'play_start', play: 'web', hosts: ['web1', 'web2'], source: 'site.yml:1' } as const
  await writeRecord(state, '2026-01-01T00-00-00-aaaa', [
    start,
    taskEnd('web1', 'Install'),
    taskEnd('web2', 'Install'),
    recapOf(['web1', 'web2']),
  ])
  await writeRecord(state, '2026-01-02T00-00-00-bbbb', [
    start,
    taskEnd('web1', 'Install'),
    taskEnd('web2', 'Install', { status: 'failed', msg: 'no such package' }),
    recapOf(['web1', 'web2'], 2),
  ])
  await writeRecord(state, '2026-01-03T00-00-00-cccc', [recapOf(['db1'])], { ...origin, command: 'plan' })
})

test('the list has one line for each run, newest first', async () => {
  const { out } = await ask({ action: 'list', filter: {}, format: 'text' })
  expect(out.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
    'RUN',
    '2026-01-03T00-00-00-cccc',
    '2026-01-02T00-00-00-bbbb',
    '2026-01-01T00-00-00-aaaa',
    '',
  ])
  expect(out).toMatch(/bbbb +run site.yml .* failed: web1, web2/)
})

test('as JSON it is one object a line', async () => {
  const { out } = await ask({ action: 'list', filter: { failed: true }, format: 'json' })
  expect(JSON.parse(out)).toMatchObject({ id: '2026-01-02T00-00-00-bbbb', exitCode: 2 })
})

test('a run is shown again as it was', async () => {
  const { out } = await ask({ action: 'show', run: 'bbbb', output })
  expect(out).toContain('TASK [Install]')
  expect(out).toContain('failed: [web2]')
  expect(out).toContain('no such package')
})

test('with a host, only what concerns it is shown', async () => {
  const { out } = await ask({ action: 'show', run: 'bbbb', host: 'web1', output })
  expect(out).toContain('[web1]')
  expect(out).not.toContain('no such package')
})

test('a host that had no part is refused', async () => {
  const { exitReason, err } = await ask({ action: 'show', run: 'bbbb', host: 'db1', output })
  expect(exitReason).toBe('usage')
  expect(err).toContain('The host "db1" had no part in 2026-01-02T00-00-00-bbbb.')
})

test('a run is compared with the one before of the same kind', async () => {
  const { out } = await ask({ action: 'diff', second: 'bbbb', format: 'text' })
  expect(out).toContain('- 2026-01-01T00-00-00-aaaa\n+ 2026-01-02T00-00-00-bbbb')
  expect(out).toContain('web2  web: Install\n  - ok\n  + failed: no such package')
  expect(out).toContain('1 difference.')
})

test('the first of its kind has nothing to be compared with', async () => {
  const { exitReason, err } = await ask({ action: 'diff', second: 'latest', format: 'text' })
  expect(exitReason).toBe('usage')
  expect(err).toContain('There is no run of "plan site.yml" before 2026-01-03T00-00-00-cccc.')
})

test('records are removed only when it is not a dry run', async () => {
  const records = () => readdirSync(join(state, 'runs')).length
  const dry = await ask({ action: 'prune', rule: { keep: 1 }, dryRun: true })
  expect(dry.out).toContain('1 record would be removed, 2 kept.')
  expect(records()).toBe(3)
  await ask({ action: 'prune', rule: { keep: 1 }, dryRun: false })
  expect(records()).toBe(2)
  const again = await ask({ action: 'prune', rule: { keep: 1 }, dryRun: false })
  expect(again.out).toBe('0 records removed, 2 kept.\n')
})
