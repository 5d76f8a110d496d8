import { describe, expect, it } from 'vitest'
import { Redactor } from '#base/redactor.ts'
import type { RunEvent } from '#model/event.ts'
import { createListeners } from '#report/create-listeners.ts'
import { fanOut } from '#report/fan-out.ts'
import type { ReportOptions } from '#report/report-options.ts'
import { fullEvents, playStart, recap, taskEnd } from '../support/events.ts'
import { fakeRun } from '../support/fake-run.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'

const options: ReportOptions = {
  kind: 'playbook',
  format: 'text',
  junitFiles: [],
  quiet: false,
  verbosity: 3,
  diff: true,
  sourceText: () => 'text',
}

/** Every way in which events may be shown; each must pass the suite below. */
const displays: [string, Partial<ReportOptions>, boolean][] = [
  ['plain lines', {}, false],
  ['the live display', {}, true],
  ['JSON', { format: 'json' }, false],
  ['--quiet', { quiet: true }, false],
  ['ad-hoc groups', { kind: 'ad-hoc' }, false],
  ['ad-hoc groups on a terminal', { kind: 'ad-hoc' }, true],
]

async function show(
  events: readonly RunEvent[],
  changes: Partial<ReportOptions>,
  isTty: boolean,
  redactor = new Redactor(),
) {
  const terminal = memoryTerminal({ isTty })
  const listeners = await createListeners({ ...options, ...changes }, terminal)
  const complaints: string[] = []
  const all = fanOut(listeners, redactor, (message) => complaints.push(message))
  for (const event of events) all.on(event)
  await all.close()
  return { out: terminal.stdout.text, err: terminal.stderr.text, complaints }
}

describe.each(displays)('%s', (_, changes, isTty) => {
  it('takes every event without a complaint', async () => {
    const { complaints } = await show(fullEvents, changes, isTty)
    expect(complaints).toEqual([])
  })

  it('takes events in an order it does not expect', async () => {
    const { complaints } = await show(fullEvents.toReversed(), changes, isTty)
    expect(complaints).toEqual([])
  })

  it('takes a whole run at once', async () => {
    const events = fakeRun({ hosts: 30, tasks: 8 }).map(({ event }) => event)
    const { complaints, out } = await show(events, changes, isTty)
    expect(complaints).toEqual([])
    expect(out).toMatch(/nginx\.service (could not be started|failed)/)
  })

  it('shows no secret', async () => {
    const redactor = new Redactor()
    redactor.add('hunter22')
    const noisy = {
      msg: 'hunter22',
      stdout: 'hunter22',
      stderr: 'hunter22',
      remedy: 'hunter22',
      data: { cmd: 'hunter22' },
      changes: [{ field: 'x', before: 'hunter22', after: 'hunter22!' }],
      diffs: [{ path: '/x', before: 'hunter22', after: 'not hunter22' }],
    }
    const events = [taskEnd('web1', { ...noisy, status: 'failed' }), taskEnd('web2', noisy), ...fullEvents]
    const { out, err } = await show(events, changes, isTty, redactor)
    expect(out + err).not.toContain('hunter22')
  })
})

describe('createListeners', () => {
  it('writes diagnostics to stderr, or into the JSON', async () => {
    expect((await show(fullEvents, {}, false)).err).toContain('error[unknown-argument] site.yml:2:7')
    const json = await show(fullEvents, { format: 'json' }, false)
    expect(json.err).toBe('')
    expect(json.out.split('\n').filter((line) => line.includes('"type":"diagnostic"')).length).toBe(1)
  })

  it('is silent about success when quiet', async () => {
    const { out, err } = await show([taskEnd('web1')], { quiet: true }, false)
    expect(out + err).toBe('')
  })

  it.each([true, false])(
    'shows no recap of a run that never came to a host (terminal: %s)',
    async (isTty) => {
      const said = async (exitCode: number) => {
        const { out, err } = await show([playStart([]), recap({ hosts: {}, exitCode })], {}, isTty)
        return out + err
      }
      expect([await said(4), await said(5), await said(6)]).toEqual(['', '', ''])
    },
  )

  it('says in a line why nothing was done, however quiet', async () => {
    const { out } = await show([recap({ hosts: {}, exitCode: 6 })], { quiet: true }, false)
    expect(out).toBe('No play of the run had a host.\n')
  })
})
