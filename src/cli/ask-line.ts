import { createInterface } from 'node:readline'

/**
 * Shows a question on stderr and reads one line from the terminal. Gives undefined when input ends (Ctrl-D).
 * Ctrl-C is passed on to the process as SIGINT, also while nothing is echoed.
 */
export function askLine(question: string, echo: boolean): Promise<string | undefined> {
  return echo ? askShown(question) : askHidden(question)
}

function askShown(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise((resolve) => {
    let answer: string | undefined
    lines.once('SIGINT', () => {
      process.kill(process.pid, 'SIGINT')
      lines.close()
    })
    lines.once('close', () => resolve(answer))
    lines.question(question, (line) => {
      answer = line
      lines.close()
    })
  })
}

function askHidden(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  return new Promise((resolve) => {
    let typed = ''
    const end = (answer: string | undefined): void => {
      stdin.off('data', take)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
      resolve(answer)
    }
    const take = (chunk: string): void => {
      for (const key of chunk) {
        const next = afterKey(typed, key)
        if (typeof next !== 'string') {
          end(next.answer)
          return
        }
        typed = next
      }
    }
    stdin.on('data', take)
    stdin.resume()
  })
}

/** What stands after a key, or how the line ends. The terminal is in raw mode: keys come as control characters. */
function afterKey(typed: string, key: string): string | { answer: string | undefined } {
  if (key === '\r' || key === '\n') return { answer: typed }
  if (key === '\u0003') {
    process.kill(process.pid, 'SIGINT')
    return { answer: undefined }
  }
  if (key === '\u0004') return typed === '' ? { answer: undefined } : typed
  if (key === '\u007f' || key === '\b') return [...typed].slice(0, -1).join('')
  if (key === '\u0015') return ''
  return key < ' ' ? typed : typed + key
}
