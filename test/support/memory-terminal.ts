import { Readable } from 'node:stream'
import type { Output, Terminal } from '#base/terminal.ts'

export interface MemoryOutput extends Output {
  text: string
}

export interface MemoryTerminal extends Terminal {
  readonly stdout: MemoryOutput
  readonly stderr: MemoryOutput
  readonly questions: string[]
}

function memoryOutput(): MemoryOutput {
  return {
    text: '',
    write(text) {
      this.text += text
    },
    flush: async () => undefined,
    waiting: 0,
    closed: false,
  }
}

export interface MemoryTerminalOptions {
  readonly isTty?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly color?: boolean
  readonly stdin?: string
  /** Answers to questions, in order; without them nobody is there. */
  readonly answers?: readonly string[]
}

/** A terminal that keeps what is written. */
export function memoryTerminal(options: MemoryTerminalOptions = {}): MemoryTerminal {
  const answers = [...(options.answers ?? [])]
  const questions: string[] = []
  const stderr = memoryOutput()
  return {
    stdout: memoryOutput(),
    stderr,
    questions,
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    isTty: options.isTty ?? false,
    columns: options.columns ?? 80,
    rows: options.rows ?? 24,
    color: options.color ?? false,
    errorColor: options.color ?? false,
    canAsk: options.answers !== undefined,
    async ask(question) {
      questions.push(question)
      return answers.shift()
    },
    notice: (line) => stderr.write(`${line}\n`),
    onQuestion: () => undefined,
    hideCursor: () => () => undefined,
    onResize: () => () => undefined,
  }
}
