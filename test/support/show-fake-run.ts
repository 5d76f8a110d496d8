// Plays a fake run on the terminal, to look at the displays: `node test/support/show-fake-run.ts --hosts 50`
import { parseArgs } from 'node:util'
import { Redactor } from '#base/redactor.ts'
import { interruption } from '#cli/interruption.ts'
import { terminalOpener } from '#cli/open-terminal.ts'
import { createListeners } from '#report/create-listeners.ts'
import { fanOut } from '#report/fan-out.ts'
import { fakeRun } from './fake-run.ts'

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '50' },
    tasks: { type: 'string', default: '20' },
    free: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    diff: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'ad-hoc': { type: 'boolean', default: false },
    junit: { type: 'string', multiple: true, default: [] },
    verbosity: { type: 'string', default: '0' },
    speed: { type: 'string', default: '1' },
  },
})

const terminal = terminalOpener(process.env)('auto')
const signal = interruption((name) =>
  terminal.notice(`Interrupted by ${name}; ending what runs. Once more to stop at once.`),
)
const listeners = await createListeners(
  {
    kind: values['ad-hoc'] ? 'ad-hoc' : 'playbook',
    format: values.json ? 'json' : 'text',
    junitFiles: values.junit,
    quiet: values.quiet,
    verbosity: Number(values.verbosity),
    diff: values.diff,
    sourceText: () => undefined,
  },
  terminal,
)
const all = fanOut(listeners, new Redactor(), (message) => terminal.notice(message))
const start = Date.now()
const run = fakeRun({
  hosts: Number(values.hosts),
  tasks: Number(values.tasks),
  strategy: values.free ? 'free' : 'linear',
  mode: values.check ? 'check' : 'apply',
})
let worstLag = 0
for (const { at, event } of run) {
  const due = start + at / Number(values.speed)
  const wait = due - Date.now()
  if (wait > 0 && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, wait))
    worstLag = Math.max(worstLag, Date.now() - due)
  }
  if (signal.aborted && event.type !== 'recap') continue
  all.on(event.type === 'recap' && signal.aborted ? { ...event, interrupted: true, exitCode: 130 } : event)
}
await all.close()
if (process.env['SHOW_LAG'])
  terminal.stderr.write(`worst lag ${worstLag} ms, CPU ${process.cpuUsage().user / 1000} ms\n`)
await terminal.stderr.flush()
process.exitCode = signal.aborted ? 130 : 0
