import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Handlers that were notified and have not run, by host: `{ web1: ['web : restart nginx'] }`. */
export type PendingHandlers = Readonly<Record<string, readonly string[]>>

/** The pending handlers of a set of playbooks; empty when there are none. */
export async function readPending(
  stateFolder: string,
  playbooks: readonly string[],
): Promise<PendingHandlers> {
  try {
    return asPending(JSON.parse(await readFile(pathOf(stateFolder, playbooks), 'utf8')))
  } catch (error) {
    if (isMissing(error)) return {}
    throw error
  }
}

/** Replaces the record, atomically; an empty one removes it. */
export async function writePending(
  stateFolder: string,
  playbooks: readonly string[],
  pending: PendingHandlers,
): Promise<void> {
  const path = pathOf(stateFolder, playbooks)
  if (Object.keys(pending).length === 0) return rm(path, { force: true })
  await mkdir(join(stateFolder, 'pending'), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomBytes(4).toString('hex')}`
  await writeFile(temporary, `${JSON.stringify(pending, null, 2)}\n`, { mode: 0o600 })
  await rename(temporary, path)
}

/**
 * What is pending after a run: what it reported, and what it knew of before for hosts that it did not touch.
 */
export function mergePending(
  before: PendingHandlers,
  after: PendingHandlers,
  ran: Iterable<string>,
): PendingHandlers {
  const touched = new Set(ran)
  const kept = Object.entries(before).filter(([host]) => !touched.has(host))
  return { ...Object.fromEntries(kept), ...after }
}

function pathOf(stateFolder: string, playbooks: readonly string[]): string {
  const name = createHash('sha256').update(JSON.stringify(playbooks)).digest('hex').slice(0, 16)
  return join(stateFolder, 'pending', `${name}.json`)
}

function asPending(value: unknown): PendingHandlers {
  if (typeof value !== 'object' || value === null) return {}
  const entries = Object.entries(value).flatMap(([host, names]): [string, string[]][] =>
    Array.isArray(names) ? [[host, names.map(String)]] : [],
  )
  return Object.fromEntries(entries)
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
