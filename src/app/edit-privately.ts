import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { UsageError } from '#model/usage-error.ts'

const prefix = 'tsplay-vault-'

export interface EditOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ends the editor. */
  readonly signal: AbortSignal
}

/**
 * Lets a person edit a text in `$VISUAL` or `$EDITOR` and gives what it became. The text lies in a folder of its own
 * that nobody else may enter, in memory where the system has a place for that, and which is removed with all that
 * the editor left in it, however this ends; what a killed tsplay left is removed by the next. Throws UsageError when
 * the editor fails.
 */
export async function editPrivately(
  name: string,
  content: Uint8Array,
  { env, signal }: EditOptions,
): Promise<Buffer> {
  const place = privatePlace(env)
  removeLeftovers(place)
  const folder = mkdtempSync(join(place, `${prefix}${process.pid}-`))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  // A second signal ends the process at once.
  process.on('exit', remove)
  try {
    const path = join(folder, basename(name))
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
    await runEditor(env['VISUAL'] || env['EDITOR'] || 'vi', path, { env, signal })
    return readFileSync(path)
  } finally {
    remove()
    process.off('exit', remove)
  }
}

function privatePlace(env: EditOptions['env']): string {
  const places = [env['XDG_RUNTIME_DIR'], '/dev/shm', env['TMPDIR']]
  return places.find((place) => place && isWritable(place)) ?? tmpdir()
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Folders whose process is gone. Those of others cannot be removed, and are theirs to remove. */
function removeLeftovers(place: string): void {
  for (const name of readdirSync(place)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : Number.NaN
    if (!Number.isInteger(pid) || isRunning(pid)) continue
    try {
      rmSync(join(place, name), { recursive: true, force: true })
    } catch {
      // It belongs to somebody else.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The variable may hold options too, so a shell splits it, as with git. */
function runEditor(editor: string, path: string, { env, signal }: EditOptions): Promise<void> {
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'editor', path], {
    stdio: 'inherit',
    env: { ...env },
    signal,
    killSignal: 'SIGTERM',
  })
  return new Promise((resolve, reject) => {
    const fail = (how: string, cause?: unknown) =>
      reject(new UsageError(`The editor "${editor}" ${how}; nothing was changed.`, { cause }))
    child.on('error', (error) => fail(signal.aborted ? 'was interrupted' : 'cannot be run', error))
    child.on('close', (code, ended) => {
      if (code === 0) resolve()
      else fail(ended ? `was ended by ${ended}` : `ended with exit code ${code}`)
    })
  })
}
