import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { VaultId } from '#app/requests.ts'
import { openLedger } from '#app/schedule-ledger.ts'
import { runScheduled } from '#daemon/run-scheduled.ts'
import { tick } from '#daemon/scheduler.ts'
import { newIdentityFile, sealAge } from '#load/age-file.ts'
import { inFolder } from '../support/in-folder.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'
import { scheduleOf } from '../support/schedule.ts'

const hour = 3_600_000
const start = Date.parse('2026-06-01T00:30Z')

test('a run whose vault files nobody can open fails before it begins, and an alert says so and where to look', async () => {
  const identity = await newIdentityFile(new Date(0))
  const folder = await inFolder({
    'site.yml':
      '- hosts: localhost\n  gather_facts: false\n  vars_files: [secret.yml]\n  tasks:\n    - debug: { msg: "{{ word }}" }\n',
    'secret.yml': await sealAge(Buffer.from('word: kept\n'), { recipients: [identity.recipient] }),
    identity: identity.text,
  })
  vi.stubEnv('TSPLAY_STATE_DIR', join(folder, 'state'))
  onTestFinished(() => void vi.unstubAllEnvs())
  const ledger = openLedger()
  onTestFinished(() => ledger.close())

  const schedules = [scheduleOf()]
  const output = { format: 'text', junitFiles: [], quiet: false, verbosity: 0, diff: false } as const
  /** One look of the daemon, and the run that it starts. What that said is given. */
  const look = async (after: number, vaultIds: readonly VaultId[]): Promise<string> => {
    const runs: Promise<unknown>[] = []
    const terminal = memoryTerminal()
    const begin = (at: number) =>
      runScheduled({ schedule: scheduleOf(), at, output, vaultIds }, terminal, new AbortController().signal)
    tick({
      ledger,
      file: { schedules, maintenance: [], alerts: [] },
      now: start + after,
      start: (_, { at }) => runs.push(begin(at)),
      isStarting: () => false,
      end: () => undefined,
    })
    await Promise.all(runs)
    // A run is a process of its own, whose end frees what it held.
    ledger.release('schedule nightly')
    return terminal.stderr.text
  }
  const alerts = () => ledger.unsent().map(({ kind, text }) => `${kind}: ${text}`)

  await look(0, [])
  const said = await look(hour / 2, [])
  expect(said).toContain('The vault file "secret.yml" cannot be decrypted. No vault password was given.')
  expect(said).toContain('--vault-password-file')
  await look(hour, [])
  const failure =
    'failure: nightly, due 2026-06-01T01:00:00.000Z, failed: the project has errors. Its output is in scheduled/nightly.log of the state folder.'
  expect(alerts()).toEqual([failure])

  // A file that is not the right key is no better; the alert is raised once for each run.
  writeFileSync('other', (await newIdentityFile(new Date(0))).text)
  await look(1.5 * hour, [{ label: 'default', source: { file: 'other' } }])
  await look(2 * hour, [])
  expect(alerts()).toEqual([failure, failure.replace('T01:', 'T02:')])

  await look(2.5 * hour, [{ label: 'default', source: { file: 'identity' } }])
  await look(3 * hour, [])
  expect(alerts().slice(2)).toEqual(['recovery: nightly ended well again.'])
})
