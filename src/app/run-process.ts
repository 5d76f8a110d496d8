import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { ProcessResult } from '#sdk/controller.ts'

export interface ProcessOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly input?: string
  readonly signal?: AbortSignal
}

/**
 * Runs a program on this machine and gives its output whole. A program that cannot be started is exit code 127, one
 * that a signal ended 128 and its number, as in a shell.
 */
export function runProcess(argv: readonly string[], options: ProcessOptions): Promise<ProcessResult> {
  const [program = '', ...words] = argv
  const { cwd, env, input = '', signal } = options
  return new Promise((resolve) => {
    const child = spawn(program, words, { cwd, env: { ...env }, ...(signal ? { signal } : {}) })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text
    })
    child.on('error', (error) => resolve({ rc: 127, stdout: '', stderr: `${program}: ${error.message}` }))
    child.on('close', (rc, ended) => {
      resolve({ rc: rc ?? 128 + (ended ? constants.signals[ended] : 0), ...output })
    })
    // A program need not read its input to the end.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
