import { fstatSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { fileOutput } from '#base/output.ts'
import type { Output, Terminal } from '#base/terminal.ts'
import { askLine } from './ask-line.ts'
import type { ColorChoice } from './run-cli.ts'

/** Opens the process's own streams once; `choice` decides on colours. */
export function terminalOpener(env: NodeJS.ProcessEnv): (choice: ColorChoice) => Terminal {
  const stdout = fileOutput(1)
  // One queue when both lead to the same place (`2>&1`, a terminal), or lines would overtake each other.
  const stderr = samePlace() ? stdout : fileOutput(2)
  const questions: ((asking: boolean) => void)[] = []
  let asked: Promise<unknown> = Promise.resolve()
  const cursor = cursorOf(stdout)
  const canAsk = isatty(0) && isatty(2)

  const ask: Terminal['ask'] = (question, { echo = true } = {}) => {
    if (!canAsk) return Promise.resolve(undefined)
    const answer = asked.then(async () => {
      for (const listener of questions) listener(true)
      await Promise.all([stdout.flush(), stderr.flush()])
      const line = await askLine(question, echo)
      for (const listener of questions) listener(false)
      return line
    })
    asked = answer.catch(() => undefined)
    return answer
  }
  return (choice) => ({
    ...look(choice, env, { stdout, stderr }),
    stdin: process.stdin,
    canAsk,
    get columns() {
      // A terminal without a size (of a serial line, or of expect) says 0.
      return process.stdout.columns || 80
    },
    get rows() {
      return process.stdout.rows || 24
    },
    ask,
    notice(line) {
      for (const listener of questions) listener(true)
      stderr.write(`${line}\n`)
      for (const listener of questions) listener(false)
    },
    onQuestion: (listener) => questions.push(listener),
    hideCursor: () => cursor.hide(),
    onResize(listener) {
      process.stdout.on('resize', listener)
      return () => process.stdout.off('resize', listener)
    },
  })
}

function look(choice: ColorChoice, env: NodeJS.ProcessEnv, outputs: { stdout: Output; stderr: Output }) {
  const dumb = env['TERM'] === 'dumb'
  return {
    ...outputs,
    isTty: isatty(1) && !dumb,
    color: wantsColor(choice, env, isatty(1) && !dumb),
    errorColor: wantsColor(choice, env, isatty(2) && !dumb),
  }
}

/** `--color` wins over FORCE_COLOR, that over NO_COLOR (https://no-color.org), that over what the output is. */
export function wantsColor(choice: ColorChoice, env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (choice !== 'auto') return choice === 'always'
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  if ((env['NO_COLOR'] ?? '') !== '') return false
  return isTerminal
}

const [hideCursor, showCursor] = ['\u001b[?25l', '\u001b[?25h']

/** A cursor that comes back even when the process is ended in the middle. */
function cursorOf(stdout: Output): { hide(): () => void } {
  let hidden = 0
  process.on('exit', () => {
    try {
      if (hidden > 0) writeSync(1, showCursor)
    } catch {
      // The terminal is gone, and its cursor with it.
    }
  })
  return {
    hide() {
      hidden += 1
      stdout.write(hideCursor)
      return () => {
        hidden -= 1
        stdout.write(showCursor)
      }
    },
  }
}

function samePlace(): boolean {
  try {
    const [out, err] = [fstatSync(1), fstatSync(2)]
    return out.dev === err.dev && out.ino === err.ino
  } catch {
    // One of them is closed (`>&-`): then nothing can overtake anything.
    return false
  }
}
