import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunEvent } from '#model/event.ts'
import { ListrDisplay } from '#report/listr-display.ts'
import { createStyle } from '#report/style.ts'
import { identity, playStart, recap, taskEnd, taskStart } from '../support/events.ts'
import { fakeRun } from '../support/fake-run.ts'
import { type MemoryTerminalOptions, memoryTerminal } from '../support/memory-terminal.ts'
import { VirtualTerminal } from '../support/virtual-terminal.ts'

/** A display on a terminal that shows what a person would see. */
function onScreen(options: MemoryTerminalOptions = {}) {
  const screen = new VirtualTerminal()
  let hear: (asking: boolean) => void = () => undefined
  const memory = memoryTerminal({ isTty: true, ...options })
  const terminal = {
    ...memory,
    stdout: { ...memory.stdout, write: (text: string) => screen.write(text) },
    onQuestion: (listener: (asking: boolean) => void) => {
      hear = listener
    },
    hideCursor: () => {
      screen.write('\u001b[?25l')
      return () => screen.write('\u001b[?25h')
    },
  }
  const details = { verbosity: 0, diff: false, style: createStyle(false), sourceText: () => undefined }
  const display = new ListrDisplay(terminal, details)
  return { screen, display, ask: (asking: boolean) => hear(asking) }
}

const hostStart = (host: string): RunEvent => ({ type: 'host_start', ...identity, host })

describe('ListrDisplay', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('shows how far a task is, who is still at it, and who failed', async () => {
    const { screen, display } = onScreen()
    display.on(playStart(['web1', 'web2', 'web3']))
    display.on(taskStart(3))
    for (const host of ['web1', 'web2', 'web3']) display.on(hostStart(host))
    display.on(taskEnd('web1', { status: 'failed', msg: 'It failed.\nBadly.' }))
    display.on({ type: 'progress', ...identity, host: 'web3', text: '43 of 100 MB' })
    await vi.advanceTimersByTimeAsync(2100)
    expect(screen.screen.split('\n').slice(2)).toEqual([
      expect.stringMatching(/^\S nginx : Write the configuration +2s {2}1 of 3 · 1 failed$/),
      '    web2    2s',
      '    web3    2s  43 of 100 MB',
      '    web1 failed It failed.',
    ])
    expect(screen.cursorHidden).toBe(true)
  })

  it('leaves one line of a task, and its failures in full', async () => {
    const { screen, display } = onScreen()
    display.on(playStart(['web1', 'web2']))
    display.on(taskStart(2))
    display.on(hostStart('web1'))
    await vi.advanceTimersByTimeAsync(1500)
    display.on(taskEnd('web1', { status: 'failed', msg: 'It failed.', rc: 1, stderr: 'no\n' }))
    display.on(taskEnd('web2'))
    display.on(recap({ exitCode: 2 }))
    await display.close()
    expect(screen.screen.split('\n').slice(0, 8)).toEqual([
      '',
      'PLAY web  2 hosts · site.yml:1',
      expect.stringMatching(/^. nginx : Write the configuration {8}1\.5s {2}1 ok · 1 failed$/u),
      '    web1 failed',
      '      It failed.',
      '      at       roles/nginx/tasks/main.yml:3',
      '      rc       1',
      '      stderr   no',
    ])
    expect(screen.screen).toContain('RECAP')
    expect(screen.cursorHidden).toBe(false)
  })

  it('names the few hosts that changed', async () => {
    const { screen, display } = onScreen()
    display.on(playStart(['web1', 'web2']))
    display.on(taskStart(2))
    display.on(taskEnd('web1'))
    display.on(taskEnd('web2', { status: 'changed', changed: true }))
    await display.close()
    expect(screen.screen).toContain('1 ok · 1 changed  web2')
  })

  it('says that hosts were still at it when the run was interrupted', async () => {
    const { screen, display } = onScreen()
    display.on(playStart(['web1']))
    display.on(taskStart(1))
    display.on(hostStart('web1'))
    display.on(recap({ interrupted: true }))
    await display.close()
    expect(screen.screen).toContain('1 unfinished')
  })

  it('steps aside for a question', async () => {
    const { screen, display, ask } = onScreen()
    display.on(playStart(['web1']))
    display.on(taskStart(1))
    await vi.advanceTimersByTimeAsync(300)
    const before = screen.screen
    ask(true)
    expect(screen.screen).toBe('\nPLAY web  1 host · site.yml:1')
    expect(screen.cursorHidden).toBe(false)
    await vi.advanceTimersByTimeAsync(300)
    expect(screen.screen).toBe('\nPLAY web  1 host · site.yml:1')
    ask(false)
    await vi.advanceTimersByTimeAsync(300)
    expect(screen.screen.split('\n').length).toBe(before.split('\n').length)
    await display.close()
  })

  it.each([
    ['linear', 24],
    ['free', 24],
    ['free', 5],
    ['free', 2],
  ] as const)('never draws higher than the window: %s, %d rows', async (strategy, rows) => {
    const { screen, display } = onScreen({ rows })
    for (const { at, event } of fakeRun({ hosts: 50, tasks: 12, strategy })) {
      await vi.advanceTimersByTimeAsync(Math.max(0, at - Date.now()))
      display.on(event)
    }
    await display.close()
    expect(screen.deepestUp).toBeLessThan(rows)
    const tasks = screen.screen.split('\n').filter((line) => /^\S .*\d(ms|s) {2}/.test(line))
    expect(tasks.length).toBe(12)
  })

  it('takes less than a millisecond for an event of a run with 200 hosts', async () => {
    const { display } = onScreen()
    const events = fakeRun({ hosts: 200, tasks: 10 })
    const before = process.cpuUsage()
    for (const { at, event } of events) {
      await vi.advanceTimersByTimeAsync(Math.max(0, at - Date.now()))
      display.on(event)
    }
    await display.close()
    const { user } = process.cpuUsage(before)
    expect(user / events.length).toBeLessThan(1000)
  })
})
