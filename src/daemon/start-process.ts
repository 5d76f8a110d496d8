import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'

/** What a process for a schedule is started with. */
export interface StartOptions {
  /** The words behind `tsplay`. */
  readonly words: readonly string[]
  readonly schedule: string
  /** Its output of the last run is kept here. */
  readonly logFolder: string
}

/**
 * Starts tsplay as a process that outlives this one: a daemon that ends or is killed cuts no backup, and the next one
 * finds it in the ledger.
 */
export function startProcess({ words, schedule, logFolder }: StartOptions): ChildProcess {
  mkdirSync(logFolder, { recursive: true, mode: 0o700 })
  const log = openSync(join(logFolder, `${schedule}.log`), 'w', 0o600)
  try {
    const [, program = ''] = process.argv
    return spawn(process.execPath, [...process.execArgv, program, ...words], {
      detached: true,
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}
