import { statSync } from 'node:fs'
import { readCheckedFile } from '#app/read-checked-file.ts'
import type { VaultId } from '#app/requests.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { ScheduleFile } from '#model/schedule.ts'
import { scheduleSchema } from '#model/schedule-schema.ts'
import type { Secret } from '#model/secret.ts'
import { UsageError } from '#model/usage-error.ts'
import { checkBackups } from './check-backups.ts'
import { checkSchedules } from './check-schedules.ts'
import { ownerDiagnostic } from './owner-diagnostic.ts'

export interface ReadSchedules {
  /** Undefined when it cannot be used; the diagnostics say why. */
  readonly file: ScheduleFile | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: ReadonlyMap<string, string>
  readonly secrets: readonly Secret[]
}

/**
 * Reads and checks a `schedules.yml`. Throws UsageError when there is none. `trusted` leaves out the check for machines
 * with two owners, which compiles playbooks: the daemon makes it, and whoever lists what there is.
 */
export async function readSchedules(
  path: string,
  vault: readonly VaultId[],
  { trusted = false }: { readonly trusted?: boolean } = {},
): Promise<ReadSchedules> {
  if (!isFile(path)) {
    throw new UsageError(`There is no file "${path}".`, {
      remedy: 'Schedules stand in schedules.yml, or in the file that -f names.',
    })
  }
  const { root, data, diagnostics, sources, secrets } = await readCheckedFile(path, scheduleSchema, vault, {
    pattern: 'Durations are written 90s, 15m, 6h, 8d or 1h30m.',
  })
  if (!root || data === undefined) return { file: undefined, diagnostics, sources, secrets }
  const checked = checkSchedules(root, data, { isFile, now: Date.now() })
  const found = [...diagnostics, ...checked.diagnostics]
  const isSound = found.every(({ severity }) => severity !== 'error')
  const owners = isSound && !trusted ? await checkBackups(checked.file.schedules, vault) : []
  const all = [...found, ...owners.map((one) => ownerDiagnostic(one, root))]
  const usable = isSound && owners.length === 0
  return { file: usable ? checked.file : undefined, diagnostics: all, sources, secrets }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
