import type { Diagnostic } from '#model/diagnostic.ts'
import type { Listener, RunEvent, TaskEnd } from '#model/event.ts'
import { lookOf } from './status-look.ts'
import { taskTitle } from './task-title.ts'
import { writeWhole } from './write-whole.ts'
import { attributes, element, xmlText } from './xml.ts'

interface Suite {
  readonly name: string
  readonly cases: string[]
  readonly counts: { failures: number; errors: number; skipped: number; seconds: number }
}

/**
 * A JUnit report: a suite for each play, a case for each task and host. Written whole when the run ends.
 */
export class Junit implements Listener {
  readonly #file: string
  readonly #suites: Suite[] = []
  #time = ''

  constructor(file: string) {
    this.#file = file
  }

  on(event: RunEvent): void {
    if (event.type === 'run_start') this.#time = event.time
    if (event.type === 'play_start') this.#suites.push(newSuite(event.play))
    if (event.type === 'task') addTask(this.#suiteOf(event.play), event)
    if (event.type === 'diagnostic') addDiagnostic(this.#suiteOf('project'), event.diagnostic)
  }

  async close(): Promise<void> {
    await writeWhole(this.#file, this.#document())
  }

  /** Several plays may have one name: the latest counts. */
  #suiteOf(name: string): Suite {
    const known = this.#suites.findLast((suite) => suite.name === name)
    if (known !== undefined) return known
    const suite = newSuite(name)
    this.#suites.push(suite)
    return suite
  }

  #document(): string {
    const suites = this.#suites.map((suite) => {
      const { failures, errors, skipped, seconds } = suite.counts
      const counts = { tests: suite.cases.length, failures, errors, skipped, time: seconds.toFixed(3) }
      const timestamp = this.#time === '' ? undefined : this.#time.replace(/(?:\.\d+)?Z$/, '')
      return element('testsuite', { name: suite.name, ...counts, timestamp }, `\n${suite.cases.join('\n')}\n`)
    })
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes({ name: 'tsplay' })}>\n${suites.join('\n')}\n</testsuites>\n`
  }
}

const newSuite = (name: string): Suite => ({
  name,
  cases: [],
  counts: { failures: 0, errors: 0, skipped: 0, seconds: 0 },
})

function addTask({ cases, counts }: Suite, task: TaskEnd): void {
  const seconds = task.durationMs / 1000
  const name = taskTitle(task)
  counts.seconds += seconds
  const look = lookOf(task)
  if (look === 'failed') counts.failures += 1
  if (look === 'unreachable') counts.errors += 1
  if (look === 'skipped') counts.skipped += 1
  const [file = '', line] = splitSource(task.source)
  const where = { name: `${name} [${task.host}]`, classname: `${task.play}.${task.host}`, file, line }
  cases.push(element('testcase', { ...where, time: seconds.toFixed(3) }, caseBody(task)))
}

function splitSource(source: string): [string, string | undefined] {
  const match = /^(.*?):(\d+)/.exec(source)
  return match === null ? [source, undefined] : [match[1] ?? '', match[2]]
}

function caseBody(task: TaskEnd): string {
  const look = lookOf(task)
  const message = task.msg ?? ''
  const output = outputElements(task)
  if (look === 'skipped') return element('skipped', { message: task.because ?? message })
  if (look === 'failed')
    return element('failure', { message, type: task.module }, xmlText(failureText(task))) + output
  if (look === 'unreachable')
    return element('error', { message, type: 'unreachable' }, xmlText(message)) + output
  return output
}

function failureText(task: TaskEnd): string {
  const parts = [task.msg, task.rc === undefined ? undefined : `rc: ${task.rc}`, task.remedy]
  return parts.filter((part) => part !== undefined).join('\n')
}

function outputElements({ stdout, stderr }: TaskEnd): string {
  return [
    stdout ? element('system-out', {}, xmlText(stdout)) : '',
    stderr ? element('system-err', {}, xmlText(stderr)) : '',
  ].join('')
}

function addDiagnostic(
  { cases, counts }: Suite,
  { code, severity, message, remedy, range }: Diagnostic,
): void {
  if (severity !== 'error') return
  counts.errors += 1
  const place = range === undefined ? '' : ` ${range.file}:${range.start.line}:${range.start.column}`
  const where = {
    name: `${code}${place}`,
    classname: 'project',
    file: range?.file,
    line: range?.start.line,
    time: '0',
  }
  const text = [message, remedy].filter((part) => part !== undefined).join('\n')
  cases.push(element('testcase', where, element('error', { message, type: code }, xmlText(text))))
}
