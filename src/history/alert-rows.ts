import type { DatabaseSync } from 'node:sqlite'
import type { AlertKind } from '#model/schedule.ts'
import type { Alert } from '#model/slot.ts'

/** Raises an alert once for each kind, schedule and key; a second time does nothing. */
export function raiseAlert(
  database: DatabaseSync,
  { kind, schedule, text }: Pick<Alert, 'kind' | 'schedule' | 'text'>,
  { key, now }: { readonly key: string; readonly now: number },
): void {
  database
    .prepare('INSERT OR IGNORE INTO alert (kind, schedule, key, text, raised) VALUES (?, ?, ?, ?, ?)')
    .run(kind, schedule, key, text, now)
}

/** Alerts that still have to be sent, oldest first. */
export function unsentAlerts(database: DatabaseSync): readonly Alert[] {
  return database
    .prepare('SELECT * FROM alert WHERE sent IS NULL ORDER BY id')
    .all()
    .map((row) => ({
      id: Number(row['id']),
      kind: kindOf(row['kind']),
      schedule: String(row['schedule']),
      text: String(row['text']),
      raisedAt: Number(row['raised']),
    }))
}

const kinds: readonly AlertKind[] = ['failure', 'recovery', 'missed', 'stale', 'drift']
const kindOf = (value: unknown): AlertKind => kinds.find((kind) => kind === value) ?? 'failure'
