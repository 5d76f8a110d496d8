import { spawn } from 'node:child_process'

/** What a person does at a prompt: as often as `prompt` shows, the next answer is typed. */
export interface Answers {
  readonly prompt: string
  readonly answers: readonly string[]
}

/**
 * Runs a command line on a pseudo terminal (util-linux `script`) and settles with all that the screen got once
 * the command has ended. A prompt without an answer left ends the command.
 */
export function atTerminal(command: string, { prompt, answers }: Answers, cwd: string): Promise<string> {
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, stdio: ['pipe', 'pipe', 'inherit'] })
  let screen = ''
  let answered = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk
    const asked = screen.split(prompt).length - 1
    for (; answered < asked; answered++) {
      const answer = answers[answered]
      if (answer === undefined) return void child.kill()
      child.stdin.write(`${answer}\n`)
    }
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve(screen))
  })
}
