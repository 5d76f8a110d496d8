import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { HostError } from '#model/host-error.ts'

export interface CommandOptions {
  /** Written to the command's standard input, which is then closed. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Ends the command with SIGTERM. */
  readonly signal?: AbortSignal
  /** Called with each line of standard error as it arrives. */
  readonly onLine?: (line: string) => void
}

/**
 * Runs a program of this machine, without a shell, and gives its standard output.
 *
 * Rejects with HostError `command-failed` when it ends with anything but 0, and with the signal's reason
 * when it was aborted.
 */
export async function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [program = '', ...args] = argv
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
  })
  const stop = () => child.kill('SIGTERM')
  options.signal?.addEventListener('abort', stop)
  // A program that ends without reading its input breaks the pipe; its exit code tells more.
  child.stdin.on('error', () => undefined).end(options.input ?? '')
  const stdout: Buffer[] = []
  const stderr: string[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  createInterface({ input: child.stderr }).on('line', (line) => {
    stderr.push(line)
    options.onLine?.(line)
  })
  try {
    await succeeded(child, argv, stderr)
  } finally {
    options.signal?.removeEventListener('abort', stop)
    options.signal?.throwIfAborted()
  }
  return Buffer.concat(stdout).toString('utf8')
}

function succeeded(child: ChildProcess, argv: readonly string[], stderr: readonly string[]): Promise<void> {
  const command = argv.join(' ')
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new HostError('command-failed', `${argv[0]} could not be started.`, { command, cause }))
    })
    child.once('close', (rc, killedBy) => {
      if (rc === 0) return resolve()
      const how = killedBy ? `was ended by ${killedBy}` : `ended with exit code ${rc}`
      const last = stderr.findLast((line) => line.trim() !== '')
      const message = `${argv[0]} ${how}${last ? `: ${last.trim()}` : ''}`
      reject(new HostError('command-failed', message, { command, rc: rc ?? -1, stderr: stderr.join('\n') }))
    })
  })
}
