/** What a program leaves behind for its caller. Text is printed as it stands, line ends included. */
export interface Answer {
  readonly stdout?: string
  readonly stderr?: string
  /** 0 when absent. */
  readonly exit?: number
}

/** Thrown to end a call with an answer and without a trace in the state. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(answer.stderr ?? `refused with ${answer.exit}`)
    this.name = 'Refusal'
    this.answer = answer
  }
}

/** Ends the call: the message goes to standard error as a line. */
export function refuse(exit: number, message: string): never {
  throw new Refusal({ exit, stderr: `${message}\n` })
}

/** Lines of text, each ended; nothing for no lines. */
export const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('')
