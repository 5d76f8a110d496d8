import { type ChildProcess, spawn } from 'node:child_process'

/** What a program on this machine printed, and why it failed if it did. */
export interface ProgramOutput {
  /** The end of a sentence: `ended with exit code 2`. Undefined when it succeeded. */
  readonly failure: string | undefined
  readonly stdout: Buffer
  readonly stderr: string
}

/**
 * Runs a program that the user gave as a source of text: no input, output collected. After `limitMs` it is ended
 * together with all that it started. Never rejects.
 */
export function runProgram(
  path: string,
  args: readonly string[],
  options: { cwd?: string; limitMs?: number } = {},
): Promise<ProgramOutput> {
  return new Promise((done) => {
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
    // A process group of its own, so that children which hold the pipes open end with it.
    const child = spawn(path, args, { cwd: options.cwd, stdio, detached: true })
    const stdout = collect(child.stdout)
    const stderr = collect(child.stderr)
    let expired = false
    const expire = () => {
      expired = true
      endGroup(child)
    }
    const timer = options.limitMs === undefined ? undefined : setTimeout(expire, options.limitMs)
    const finish = (failure: string | undefined) => {
      clearTimeout(timer)
      done({ failure, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() })
    }
    child.on('error', (error) => finish(`cannot be run (${error.message})`))
    child.on('close', (code, signal) => {
      if (expired) finish(`did not end within ${(options.limitMs ?? 0) / 1000} seconds`)
      else if (signal) finish(`was ended by ${signal}`)
      else finish(code === 0 ? undefined : `ended with exit code ${code}`)
    })
  })
}

function collect(stream: NodeJS.ReadableStream): Buffer[] {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return chunks
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended in this moment.
  }
}
